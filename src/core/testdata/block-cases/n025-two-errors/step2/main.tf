terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  size = "x"
}
resource "lab_thing" "b" {
  item {
  }
}
resource "lab_thing" "c" {
  name = "planfail"
}
