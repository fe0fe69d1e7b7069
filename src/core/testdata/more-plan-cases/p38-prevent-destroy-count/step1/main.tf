resource "terraform_data" "x" {
  count = 2
  lifecycle {
    prevent_destroy = true
  }
}
