resource "terraform_data" "x" {
  input = toset(["a","b"])
}
