resource "terraform_data" "y" {
  input = "a"
}
