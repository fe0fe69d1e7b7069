resource "terraform_data" "y" {
  input = false
}
resource "terraform_data" "x" {
  input = terraform_data.y.output ? "a" : "b"
}
output "o" {
  value = terraform_data.y.output ? [1] : [2, 3]
}
