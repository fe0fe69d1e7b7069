variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  for_each = toset(["x","y"])
  input = var.v
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "s" {
  input = keys(terraform_data.r)
}
output "o" {
  value = [for k, v in terraform_data.r : v.output]
}
