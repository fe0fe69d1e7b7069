resource "terraform_data" "r" {
  count = 2
}
resource "terraform_data" "q" {
  input = terraform_data.r[*].id
}
