terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  size = 2
}
resource "lab_thing" "b" {
  name = "b"
  lifecycle {
    replace_triggered_by = [lab_thing.a.size]
  }
}
