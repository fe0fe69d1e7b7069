terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {
  size = 2
}
resource "lab_thing" "a" {
  zone = lab_thing.z.etag
}
