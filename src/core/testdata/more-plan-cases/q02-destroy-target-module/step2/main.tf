module "m" {
  source = "./m"
}
resource "terraform_data" "y" {
  input = module.m.o
}
resource "terraform_data" "z" {

}
