terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  dynamic "item" {
    for_each = null
    content {
      key = 1
    }
  }
}
