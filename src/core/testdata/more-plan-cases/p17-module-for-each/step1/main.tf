module "m" {
  source = "./m"
  for_each = toset(["a","b"])
  v = each.key
}
output "o" {
  value = { for k, m in module.m : k => m.o }
}
