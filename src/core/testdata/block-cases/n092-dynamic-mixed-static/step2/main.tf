terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  item {
    key = "first"
  }
  dynamic "item" {
    for_each = ["x"]
    content {
      key = item.value
    }
  }
  item {
    key = "last"
  }
}
