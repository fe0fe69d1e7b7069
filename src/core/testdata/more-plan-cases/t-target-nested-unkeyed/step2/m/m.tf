variable "v" {
}
module "n" {
  source = "./n"
  count = 2
  v = var.v
}
