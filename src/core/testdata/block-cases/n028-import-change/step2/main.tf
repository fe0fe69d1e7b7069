terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "other"
}
import {
  to = lab_thing.a
  id = "x1"
}
