resource "terraform_data" "x" {
  count = 2
}
resource "terraform_data" "y" {
  input = terraform_data.x[*].id
}
