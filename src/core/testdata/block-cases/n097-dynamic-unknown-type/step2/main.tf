terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  dynamic "nope" {
    for_each = [1]
    content {
      key = 1
    }
  }
}
