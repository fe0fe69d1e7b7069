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
output "o" {
  value = keys(terraform_data.r)
}
