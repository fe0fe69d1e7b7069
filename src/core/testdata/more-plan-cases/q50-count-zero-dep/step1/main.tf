resource "terraform_data" "x" {
  count = 1
}
resource "terraform_data" "y" {
  input = one(terraform_data.x[*].id)
}
