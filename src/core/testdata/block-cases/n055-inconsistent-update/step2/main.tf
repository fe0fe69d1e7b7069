terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "inconsistent-1"
  size = 2
}
resource "lab_thing" "b" {
  name = lab_thing.a.id
}
