resource "terraform_data" "x" {
  triggers_replace = 2
}
resource "terraform_data" "y" {
  triggers_replace = terraform_data.x.id
  lifecycle {
    create_before_destroy = true
  }
}
