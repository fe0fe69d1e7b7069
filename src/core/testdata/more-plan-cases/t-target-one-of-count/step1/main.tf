resource "terraform_data" "r" {
  count = 2
}
output "x" {
  value = length(terraform_data.r)
}
