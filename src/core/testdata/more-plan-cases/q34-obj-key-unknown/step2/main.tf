resource "terraform_data" "y" {
  input = "b"
}
resource "terraform_data" "x" {
  input = { (terraform_data.y.output) = 1 }
}
