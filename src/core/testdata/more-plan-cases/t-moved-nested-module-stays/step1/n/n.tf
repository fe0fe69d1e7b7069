module "k" {
  source = "../m/k"
}
