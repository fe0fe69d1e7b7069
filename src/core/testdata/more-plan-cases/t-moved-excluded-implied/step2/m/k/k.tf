variable "v" {
  default = "d"
}
resource "terraform_data" "t" {
  for_each = toset(["x"])
  input = var.v
}
output "o" {
  value = keys(terraform_data.t)
  sensitive = false
}
