module "m" {
  source = "./m"
  count = 1
  v = "b"
}
resource "terraform_data" "q" {
  input = length(module.m)
}
