terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
variable "v" { default = "invalid" }
resource "lab_thing" "a" {
  name = var.v
}
