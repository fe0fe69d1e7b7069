resource "terraform_data" "p" {
  input = "p2"
  lifecycle {
    create_before_destroy = true
  }
}
module "m" {
  source = "./m"
  count = 2
  v = terraform_data.p.id
}
