variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  input = var.v
  triggers_replace = var.v
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "s" {
  input = terraform_data.r.output
}
output "o" {
  value = terraform_data.r.output
}
