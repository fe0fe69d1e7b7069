module "m" {
  source = "./m"
  count = 2
  v = 2
}
