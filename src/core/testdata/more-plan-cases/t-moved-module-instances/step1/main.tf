module "m" {
  source = "./m"
  count = 2
}
module "n" {
  source = "./m"
  count = 1
}
