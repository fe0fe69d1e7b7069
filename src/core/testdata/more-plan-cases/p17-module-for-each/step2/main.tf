module "m" {
  source = "./m"
  for_each = toset(["b","c"])
  v = each.key
}
output "o" {
  value = { for k, m in module.m : k => m.o }
}
