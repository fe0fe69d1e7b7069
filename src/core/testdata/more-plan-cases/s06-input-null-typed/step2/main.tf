resource "terraform_data" "x" {
  input = tostring(null)
}
