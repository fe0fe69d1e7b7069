module "m" {
  source = "./k"
}
