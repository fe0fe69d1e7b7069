resource "terraform_data" "x" {
  input = { a = 1, b = 2 }
}
resource "terraform_data" "y" {
  lifecycle {
    replace_triggered_by = [terraform_data.x.input.a]
  }
}
