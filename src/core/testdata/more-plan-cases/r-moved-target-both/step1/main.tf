resource "terraform_data" "a" {
  input = 3
}
resource "terraform_data" "c" {}
