resource "terraform_data" "x" {
  input = 1
}
resource "terraform_data" "y" {
  input = terraform_data.x.id
}
resource "terraform_data" "w" {
  input = terraform_data.y.id
}
output "o" {
  value = terraform_data.x.id
}
