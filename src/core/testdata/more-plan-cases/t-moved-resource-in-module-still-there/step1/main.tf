module "n" {
  source = "./m"
  count = 2
}
