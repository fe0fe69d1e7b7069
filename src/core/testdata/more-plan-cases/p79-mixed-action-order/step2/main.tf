resource "terraform_data" "b" {
  input = 2
}
resource "terraform_data" "c" {
  triggers_replace = 3
}
resource "terraform_data" "d" {
  input = terraform_data.c.id
}
