variable "v" {
  ephemeral = true
  default = 1
}
module "m" {
  source = "./m"
  v = var.v
}
