module "m" {
  source = "./m"
}
resource "terraform_data" "q" {
  depends_on = [module.m]
}
