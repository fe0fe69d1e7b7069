variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  count = 2
  input = [var.v]
  triggers_replace = var.v
}
resource "terraform_data" "s" {
  input = terraform_data.r[*].id
}
output "o" {
  value = length(terraform_data.r)
}
