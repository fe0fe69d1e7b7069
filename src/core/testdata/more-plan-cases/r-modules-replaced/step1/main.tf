resource "terraform_data" "p" {
  input = "p1"
}
module "m" {
  source = "./m"
  for_each = toset(["x","y"])
  v = terraform_data.p.output
}
module "n" {
  source = "./m"
  count = 1
  v = "b"
}
resource "terraform_data" "q" {
  input = length(module.n)
}
