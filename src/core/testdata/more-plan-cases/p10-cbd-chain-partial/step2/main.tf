resource "terraform_data" "x" {
  triggers_replace = 2
}
resource "terraform_data" "y" {
  triggers_replace = terraform_data.x.id
}
resource "terraform_data" "z" {
  triggers_replace = terraform_data.y.id
  lifecycle {
    create_before_destroy = true
  }
}
