terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  dynamic "item" {
    for_each = { a = ["1", "2"], b = [] }
    content {
      key = item.key
      dynamic "sub" {
        for_each = item.value
        content {
          n = sub.value
          s = "${item.key}${sub.key}"
        }
      }
    }
  }
}
