resource "terraform_data" "r" {
}
moved {
  from = terraform_data.r[0]
  to = terraform_data.s
}
