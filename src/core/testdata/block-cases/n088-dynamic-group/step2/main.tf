terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  dynamic "grp" {
    for_each = [1]
    content {
      x = grp.value
    }
  }
}
