resource "terraform_data" "x" {
  input = 1
}
moved {
  from = module.m.terraform_data.x
  to = terraform_data.x
}
