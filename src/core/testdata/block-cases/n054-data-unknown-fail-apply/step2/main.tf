terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {
  name = "fail"
}
data "lab_data" "d" {
  q = trimprefix(lab_thing.z.comp, "computed-")
}
resource "lab_thing" "a" {
  name = data.lab_data.d.out
}
