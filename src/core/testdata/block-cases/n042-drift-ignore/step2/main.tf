terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "drift-1"
  size = 1
  lifecycle {
    ignore_changes = [size]
  }
}
