resource "terraform_data" "x" {
  input = 1
}
resource "terraform_data" "y" {
  input = 2
}
output "o" {
  value = terraform_data.x.id
}
output "p" {
  value = terraform_data.y.id
}
output "k" {
  value = 1
}
