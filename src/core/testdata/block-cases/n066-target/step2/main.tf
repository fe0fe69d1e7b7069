terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "n2"
}
resource "lab_thing" "b" {
  name = "m2"
}
