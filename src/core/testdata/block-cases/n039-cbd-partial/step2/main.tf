terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "partial-1"
  zone = "2"
  lifecycle {
    create_before_destroy = true
  }
}
