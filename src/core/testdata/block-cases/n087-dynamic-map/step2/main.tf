terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  dynamic "kv" {
    for_each = { k1 = "a", k2 = "b" }
    labels   = [kv.key]
    content {
      v = kv.value
    }
  }
}
