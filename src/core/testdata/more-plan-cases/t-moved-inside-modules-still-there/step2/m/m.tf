resource "terraform_data" "r" {
  count = 2
}
resource "terraform_data" "s" {
}
moved {
  from = terraform_data.r[0]
  to = terraform_data.s
}
