terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "failcreate"
}
resource "lab_thing" "b" {
  name = lab_thing.a.id
}
resource "lab_thing" "c" {
  name = "c"
}
output "o" { value = lab_thing.c.id }
