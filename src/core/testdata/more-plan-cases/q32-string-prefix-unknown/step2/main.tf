resource "terraform_data" "y" {
  input = 2
}
resource "terraform_data" "x" {
  input = "pre-${terraform_data.y.output}-post"
}
output "o" {
  value = startswith("pre-${terraform_data.y.id}", "pre")
}
