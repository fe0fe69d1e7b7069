variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  input = jsonencode(var.v)
  lifecycle {
    create_before_destroy = true
  }
}
output "o" {
  value = terraform_data.r.input
}
