resource "terraform_data" "x" {
  count = 2
  input = count.index * 2
}
resource "terraform_data" "y" {
  count = 2
  lifecycle {
    replace_triggered_by = [terraform_data.x[count.index]]
  }
}
