terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  dynamic "item" {
    for_each = [1]
    iterator = "x"
    content {
      key = 1
    }
  }
}
