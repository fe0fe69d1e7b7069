resource "terraform_data" "r" {
  count = 3
}
output "x" {
  value = length(terraform_data.r)
}
output "y" {
  value = terraform_data.r[*].id
}
