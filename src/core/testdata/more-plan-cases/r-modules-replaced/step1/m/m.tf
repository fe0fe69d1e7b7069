variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  count = 3
  input = [var.v]
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "s" {
  input = terraform_data.r[*].id
}
output "o" {
  value = terraform_data.r[*].output
}
