resource "terraform_data" "x" {
  input = 1
}
output "n" {
  value = 1 + "a"
}
