terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "gone-1"
}
output "i" { value = lab_thing.a.id }
