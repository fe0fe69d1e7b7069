module "n" {
  source = "./m"
  for_each = toset(["x", "y", "z"])
}
moved {
  from = terraform_data.p
  to = module.n["z"].terraform_data.r
}
