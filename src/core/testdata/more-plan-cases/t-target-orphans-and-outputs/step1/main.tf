module "m" {
  source = "./m"
  for_each = toset(["x"])
  v = each.key
}
resource "terraform_data" "q" {
  input = keys(module.m)
  lifecycle {
    create_before_destroy = true
  }
}
output "x" {
  value = [for k, v in module.m : v.o]
  sensitive = true
}
