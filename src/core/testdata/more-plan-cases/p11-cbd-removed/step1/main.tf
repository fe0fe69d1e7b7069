resource "terraform_data" "x" {
  triggers_replace = 1
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "y" {
  input = terraform_data.x.id
  lifecycle {
    create_before_destroy = true
  }
}
