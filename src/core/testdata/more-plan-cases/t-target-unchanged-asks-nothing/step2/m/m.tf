resource "terraform_data" "r" {
  count = 1
}
output "o" {
  value = length(terraform_data.r) > 5
}
