resource "terraform_data" "r" {
  count = 1
}
resource "terraform_data" "q" {
  input = terraform_data.r[*].id
  lifecycle {
    create_before_destroy = true
  }
}
