terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {

}
data "lab_data" "d" {
  q = lab_thing.z.id
  filter {
    name = "a"
    values = [lab_thing.z.etag]
  }
}
resource "lab_thing" "a" {
  name = data.lab_data.d.out
  size = data.lab_data.d.n
}
