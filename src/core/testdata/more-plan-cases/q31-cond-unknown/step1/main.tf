resource "terraform_data" "y" {
  input = true
}
