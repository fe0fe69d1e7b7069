terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
variable "v" { default = "x" }
resource "lab_thing" "a" {
  size = var.v
}
