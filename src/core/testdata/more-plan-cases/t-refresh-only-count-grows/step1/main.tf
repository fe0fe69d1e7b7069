resource "terraform_data" "r" {
  count = 1
}
output "x" {
  value = length(terraform_data.r)
}
