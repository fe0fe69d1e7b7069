module "m" {
  source = "./m"
  count = 1
  v = count.index
}
resource "terraform_data" "q" {
  input = length(module.m)
}
output "x" {
  value = module.m[*].o
}
