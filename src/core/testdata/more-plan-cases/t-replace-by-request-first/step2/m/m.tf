variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  input = jsonencode(var.v)
  triggers_replace = var.v
}
resource "terraform_data" "s" {
  input = terraform_data.r.id
}
output "o" {
  value = terraform_data.r
}
