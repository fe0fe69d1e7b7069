module "n" {
  source = "./m"
  count = 2
}
module "w" {
  source = "./m"
}
moved {
  from = module.n[0]
  to = module.w
}
