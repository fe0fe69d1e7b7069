variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  input = upper(jsonencode(var.v))
}
output "o" {
  value = terraform_data.r
}
