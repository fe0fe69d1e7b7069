module "m" {
  source = "./n"
  count = 1
}
