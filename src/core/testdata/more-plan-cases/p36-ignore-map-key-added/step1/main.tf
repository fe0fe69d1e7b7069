resource "terraform_data" "x" {
  input = tomap({ a = "1" })
}
