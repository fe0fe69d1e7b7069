resource "terraform_data" "x" {
  input = { a = 1, b = { c = 1 } }
}
