terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "drift-1"
  size = 1
}
resource "lab_thing" "b" {
  size = lab_thing.a.size
}
output "s" { value = lab_thing.a.size }
