resource "terraform_data" "p" {
  input = "p1"
}
module "m" {
  source = "./m"
  for_each = toset(["x","y"])
  v = "b"
}
module "n" {
  source = "./m"
  count = 1
  v = "b"
}
