removed {
  from = terraform_data.x
  lifecycle {
    destroy = false
  }
}
resource "terraform_data" "y" {
  input = 3
}
