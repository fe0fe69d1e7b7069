terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "ok"
}
resource "lab_thing" "b" {
  name = "n"
}
