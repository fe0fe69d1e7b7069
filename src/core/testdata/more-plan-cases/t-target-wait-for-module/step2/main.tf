module "m" {
  source = "./m"
  count = 1
}
resource "terraform_data" "q" {
  depends_on = [module.m[0]]
}
