terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
data "lab_data" "d" { q = "fail" }
resource "lab_thing" "z" {
  name = data.lab_data.d.out
}
