resource "terraform_data" "x" {
  triggers_replace = 1
}
resource "terraform_data" "y" {
  triggers_replace = terraform_data.x.id
}
