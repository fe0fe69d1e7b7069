module "m" {
  source = "./m"
  for_each = toset(["x"])
  v = "b"
}
resource "terraform_data" "q" {
  input = [for k, v in module.m : v.o]
  lifecycle {
    create_before_destroy = true
  }
}
output "x" {
  value = keys(module.m)
}
