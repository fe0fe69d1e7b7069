terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "a"
}
resource "lab_thing" "b" {
  name = lab_thing.a.id
}
