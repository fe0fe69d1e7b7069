resource "terraform_data" "r" {
  count = 2
}
resource "terraform_data" "q" {
  input = terraform_data.r[*].id
}
resource "terraform_data" "gone" {
  input = terraform_data.r[0].id
}
