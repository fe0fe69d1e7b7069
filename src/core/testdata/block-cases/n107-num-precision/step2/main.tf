terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  size = 0.1
  obj = { a = 1.50, b = 1e3 }
}
