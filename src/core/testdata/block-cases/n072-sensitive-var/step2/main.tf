terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
variable "p" {
  default = "x"
  sensitive = true
}
resource "lab_thing" "a" {
  name = var.p
  tags = { a = var.p, b = "c" }
  item {
    key = var.p
  }
}
