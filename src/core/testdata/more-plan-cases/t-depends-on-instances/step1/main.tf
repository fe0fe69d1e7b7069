module "m" {
  source = "./m"
  for_each = toset(["x"])
}
resource "terraform_data" "q" {
  depends_on = [module.m["x"].o]
}
resource "terraform_data" "r" {
  depends_on = [module.m["x"]]
}
