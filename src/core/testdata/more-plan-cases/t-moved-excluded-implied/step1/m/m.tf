variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  input = [var.v]
  lifecycle {
    create_before_destroy = true
  }
}
module "k" {
  source = "./k"
  v = var.v
}
resource "terraform_data" "s" {
  input = terraform_data.r.output
}
output "o" {
  value = terraform_data.r
}
