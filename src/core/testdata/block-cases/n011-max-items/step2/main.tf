terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_strict" "a" {
  req = "x"
  need {}
  need {}
  need {}
}
