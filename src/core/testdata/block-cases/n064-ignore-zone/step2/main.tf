terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  zone = "2"
  lifecycle {
    ignore_changes = [zone]
  }
}
