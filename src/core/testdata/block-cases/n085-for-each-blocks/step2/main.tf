terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  for_each = toset(["y", "z"])
  item {
    key = each.key
    value = "v"
  }
}
