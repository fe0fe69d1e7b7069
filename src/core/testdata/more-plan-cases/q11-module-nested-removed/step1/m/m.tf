module "k" {
  source = "../n"
}
