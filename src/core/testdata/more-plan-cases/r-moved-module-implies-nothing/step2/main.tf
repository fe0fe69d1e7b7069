module "w" {
  source = "./m"
  for_each = toset(["x"])
  v = each.value
}
moved {
  from = module.m
  to = module.w
}
