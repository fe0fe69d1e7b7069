variable "v" {
  default = "d"
}
resource "terraform_data" "t" {
  input = 1
  triggers_replace = var.v
}
output "o" {
  value = terraform_data.t.input
  sensitive = false
}
