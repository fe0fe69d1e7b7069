module "m" {
  source = "./m"
}
resource "terraform_data" "x" {
  input = 2
}
output "o" {
  value = module.m.o
}
