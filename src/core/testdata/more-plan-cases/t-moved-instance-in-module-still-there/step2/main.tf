module "n" {
  source = "./m"
  count = 2
}
resource "terraform_data" "q" {
}
moved {
  from = module.n[0].terraform_data.r[1]
  to = terraform_data.q
}
