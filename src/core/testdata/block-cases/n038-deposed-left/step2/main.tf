terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "n"
  zone = "2"
  lifecycle {
    create_before_destroy = true
  }
}
resource "lab_thing" "b" {
  name = lab_thing.a.id
}
