module "m" {
  source = "./m"
  for_each = toset(["x"])
  v = each.key
}
resource "terraform_data" "q" {
  input = keys(module.m)
}
output "x" {
  value = keys(module.m)
}
