terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "partial-1"
}
output "o" { value = lab_thing.a.id }
