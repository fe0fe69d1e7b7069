terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  secret = "s"
}
output "o" {
  value = lab_thing.a.secret
  sensitive = true
}
output "i" { value = lab_thing.a.item }
