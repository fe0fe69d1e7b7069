resource "terraform_data" "a" {
  count = 0
}
resource "terraform_data" "b" {
  input = terraform_data.a[*].id
}
output "o" {
  value = one(terraform_data.a[*].id)
}
