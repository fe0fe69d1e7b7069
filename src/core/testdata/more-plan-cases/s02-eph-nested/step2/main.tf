variable "v" {
  ephemeral = true
  default = "a"
}
resource "terraform_data" "x" {
  input = { a = [var.v] }
}
locals {
  z = upper(var.v)
}
resource "terraform_data" "y" {
  triggers_replace = local.z
}
