resource "terraform_data" "x" {
  input = tolist([1, 2])
}
