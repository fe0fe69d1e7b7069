terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "m"
  size = 3
  lifecycle {
    ignore_changes = all
  }
}
