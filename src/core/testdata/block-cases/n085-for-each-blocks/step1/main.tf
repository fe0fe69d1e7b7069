terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  for_each = toset(["x", "y"])
  item {
    key = each.key
  }
}
