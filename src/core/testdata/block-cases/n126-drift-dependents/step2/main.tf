terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "drift"
  size = 1
}
resource "lab_thing" "b" {
  size = lab_thing.a.size
}
