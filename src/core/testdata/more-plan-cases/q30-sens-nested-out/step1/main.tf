resource "terraform_data" "x" {
  input = sensitive("a")
}
