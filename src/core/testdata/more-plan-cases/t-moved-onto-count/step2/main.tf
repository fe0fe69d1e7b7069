resource "terraform_data" "a" {
  count = 2
}
moved {
  from = terraform_data.p
  to = terraform_data.a
}
