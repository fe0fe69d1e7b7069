terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
locals { v = "x" }
resource "lab_thing" "a" {
  size = local.v
}
