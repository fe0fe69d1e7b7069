resource "terraform_data" "x" {
  input = 1
}
output "o" {
  value = 1
}
