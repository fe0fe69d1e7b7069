module "m" {
  source = "./m"
  count = 2
  v = count.index
}
resource "terraform_data" "q" {
  input = module.m[*].o
}
output "x" {
  value = module.m[*].o
  sensitive = true
}
