resource "terraform_data" "x" {
  input = 2
}
output "o" {
  value = terraform_data.x.output + 5
}
