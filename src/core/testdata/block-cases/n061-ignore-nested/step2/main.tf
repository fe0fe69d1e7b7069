terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  item {
    key = "q"
    value = "2"
  }
  lifecycle {
    ignore_changes = [item[0].value]
  }
}
