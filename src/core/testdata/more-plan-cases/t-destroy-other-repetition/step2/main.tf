resource "terraform_data" "a" {
}
resource "terraform_data" "b" {
  count = 2
}
resource "terraform_data" "c" {
  count = 2
}
output "a" {
  value = terraform_data.a.id
}
output "b" {
  value = terraform_data.b[*].id
}
output "c1" {
  value = terraform_data.c[0].id
}
