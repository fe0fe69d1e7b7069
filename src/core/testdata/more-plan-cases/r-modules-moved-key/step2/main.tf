module "m" {
  source = "./m"
  for_each = { x = "1", z = "2" }
  v = each.value
}
resource "terraform_data" "q" {
  input = keys(module.m)
}
output "x" {
  value = [for k, v in module.m : v.o]
  sensitive = true
}
moved {
  from = module.m[0]
  to = module.m["x"]
}
