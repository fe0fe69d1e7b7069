terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  dynamic "item" {
    for_each = [1]
    content {
      value = item.value
    }
  }
}
