resource "terraform_data" "x" {
  count = 1
  lifecycle {
    prevent_destroy = true
  }
}
