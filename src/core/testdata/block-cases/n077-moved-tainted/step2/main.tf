terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "b" {
  name = "n"
}
moved {
  from = lab_thing.a
  to   = lab_thing.b
}
