variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  input = [var.v]
  triggers_replace = var.v
}
output "o" {
  value = terraform_data.r.output
}
