module "n" {
  source = "./m"
  for_each = toset(["x", "y"])
}
resource "terraform_data" "p" {
}
