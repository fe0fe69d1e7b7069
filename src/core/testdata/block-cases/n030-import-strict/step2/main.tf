terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_strict" "a" {
  req = "imported"
  need {}
}
import {
  to = lab_strict.a
  id = "x1"
}
