terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "failcreate-1"
}
resource "lab_thing" "b" {
  name = "n"
}
