terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {
  size = 1
}
resource "lab_thing" "a" {
  zone = "1"
}
