resource "terraform_data" "p" {
  input = "p2"
}
module "n" {
  source = "./m"
  for_each = { x = "1", z = "2" }
  v = each.value
}
module "m" {
  source = "./m"
  for_each = toset(["x","y"])
  v = "b"
  depends_on = [terraform_data.p]
}
resource "terraform_data" "q" {
  input = [for k, v in module.n : v.o]
}
output "x" {
  value = keys(module.n)
}
