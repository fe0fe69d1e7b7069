resource "terraform_data" "r" {
  count = 2
}
output "x" {
  value = terraform_data.r[*].id
}
