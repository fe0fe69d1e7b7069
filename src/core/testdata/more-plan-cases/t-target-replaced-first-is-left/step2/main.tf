resource "terraform_data" "r" {
  triggers_replace = 2
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "q" {
  input = terraform_data.r.id
}
