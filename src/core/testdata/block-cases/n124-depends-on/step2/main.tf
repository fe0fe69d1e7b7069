terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {

}
resource "lab_thing" "a" {
  depends_on = [lab_thing.z]
}
data "lab_data" "d" {
  q = "x"
  depends_on = [lab_thing.z]
}
output "o" { value = data.lab_data.d.out }
