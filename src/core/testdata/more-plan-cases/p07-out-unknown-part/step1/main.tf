resource "terraform_data" "x" {
  input = 1
}
output "a" {
  value = { id = terraform_data.x.id, k = 1 }
}
