module "m" {
  source = "./m"
  count = 2
  v = count.index
}
resource "terraform_data" "q" {
  input = length(module.m)
}
output "x" {
  value = length(module.m)
}
