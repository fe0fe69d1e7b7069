resource "terraform_data" "p" {
  input = { a = 1 }
}
module "n" {
  source = "./m"
  for_each = toset(["x","y"])
}
resource "terraform_data" "q" {
  input = keys(module.n)
}
