module "n" {
  source = "./m"
  count = 1
}
moved {
  from = module.n
  to = module.n[0]
}
