variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  count = 2
  input = var.v
  triggers_replace = var.v
  lifecycle {
    create_before_destroy = true
  }
}
module "k" {
  source = "./k"
  v = var.v
  depends_on = [terraform_data.r]
}
resource "terraform_data" "s" {
  input = length(terraform_data.r)
}
output "o" {
  value = terraform_data.r[*].id
}
