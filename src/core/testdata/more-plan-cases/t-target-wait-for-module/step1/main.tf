module "m" {
  source = "./m"
  count = 2
}
resource "terraform_data" "q" {
  depends_on = [module.m[0]]
}
