resource "terraform_data" "r" {
  count = 1
}
resource "terraform_data" "n" {
}
resource "terraform_data" "e" {
  for_each = toset(["x"])
  input = terraform_data.n.id
}
output "x" {
  value = length(terraform_data.r)
}
output "y" {
  value = terraform_data.n.id
}
output "z" {
  value = keys(terraform_data.e)
}
