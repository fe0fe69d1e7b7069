variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  for_each = toset(["x","y"])
  input = [var.v]
}
resource "terraform_data" "s" {
  input = keys(terraform_data.r)
}
output "o" {
  value = keys(terraform_data.r)
}
