resource "terraform_data" "b" {
  input = 3
}
resource "terraform_data" "c" {}
moved {
  from = terraform_data.a
  to = terraform_data.b
}
