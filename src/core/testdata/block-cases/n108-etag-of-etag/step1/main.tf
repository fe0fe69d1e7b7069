terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  size = 1
}
resource "lab_thing" "b" {
  tags = { e = lab_thing.a.etag }
}
