module "m" {
  source = "./k"
  count = 1
}
