resource "terraform_data" "p" {
  triggers_replace = 2
}
resource "terraform_data" "q" {
  input = terraform_data.p.id
  lifecycle {
    create_before_destroy = true
  }
}
