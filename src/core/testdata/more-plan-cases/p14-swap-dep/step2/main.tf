resource "terraform_data" "x" {
  triggers_replace = terraform_data.y.id
}
resource "terraform_data" "y" {
  triggers_replace = 1
}
