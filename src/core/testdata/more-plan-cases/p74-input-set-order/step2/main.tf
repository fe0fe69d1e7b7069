resource "terraform_data" "x" {
  input = toset(["b","a"])
}
