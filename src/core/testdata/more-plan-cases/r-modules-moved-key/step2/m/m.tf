variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  input = var.v
  triggers_replace = var.v
  lifecycle {
    ignore_changes = [input]
  }
}
resource "terraform_data" "s" {
  input = terraform_data.r.id
}
output "o" {
  value = terraform_data.r
}
