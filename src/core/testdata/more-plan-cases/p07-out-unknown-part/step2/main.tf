resource "terraform_data" "x" {
  input = 2
}
output "a" {
  value = { id = terraform_data.x.output, k = 2 }
}
