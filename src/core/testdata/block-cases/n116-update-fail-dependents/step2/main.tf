terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "failupdate"
}
resource "lab_thing" "b" {
  name = lab_thing.a.etag
}
resource "lab_thing" "c" {
  name = "c2"
}
