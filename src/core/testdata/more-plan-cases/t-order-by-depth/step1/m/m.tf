variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  for_each = toset(["x"])
  input = var.v
  lifecycle {
    create_before_destroy = true
    precondition {
      condition = var.v != "zz"
      error_message = "pre"
    }
  }
}
module "k" {
  source = "./k"
  v = var.v
}
output "o" {
  value = { for k, v in terraform_data.r : k => v.output }
}
