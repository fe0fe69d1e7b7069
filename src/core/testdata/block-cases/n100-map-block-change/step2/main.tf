terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  kv "b" {
    v = 3
  }
  kv "c" {
    v = 4
  }
}
