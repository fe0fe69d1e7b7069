resource "terraform_data" "y" {
  input = null
}
output "o" {
  value = terraform_data.y.output == null
}
output "p" {
  value = terraform_data.y.id == null
}
