terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
data "lab_data" "d" { q = "x" }
resource "lab_thing" "a" {
  name = data.lab_data.d.out
}
