terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  kv "a" {
    v = 1
  }
  kv "b" {
    v = 2
  }
}
