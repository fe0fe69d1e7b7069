module "m" {
  source = "./m"
}
resource "terraform_data" "q" {
  input = module.m.o
}
