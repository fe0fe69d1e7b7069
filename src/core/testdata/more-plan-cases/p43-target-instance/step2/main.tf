resource "terraform_data" "x" {
  count = 2
  input = 2
}
output "o" {
  value = terraform_data.x[*].output
}
