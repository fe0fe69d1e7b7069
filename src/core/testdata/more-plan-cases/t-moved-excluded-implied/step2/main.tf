module "n" {
  source = "./m"
  for_each = toset(["x","y"])
}
resource "terraform_data" "q" {
  input = keys(module.n)
  lifecycle {
    create_before_destroy = true
  }
}
moved {
  from = terraform_data.p
  to = module.n["x"].terraform_data.r
}
