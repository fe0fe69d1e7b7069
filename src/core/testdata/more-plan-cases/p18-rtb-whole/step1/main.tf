resource "terraform_data" "x" {
  input = 1
}
resource "terraform_data" "y" {
  input = 1
  lifecycle {
    replace_triggered_by = [terraform_data.x]
  }
}
