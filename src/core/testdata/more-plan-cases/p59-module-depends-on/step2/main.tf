resource "terraform_data" "y" {
  input = 2
}
module "m" {
  source = "./m"
  depends_on = [terraform_data.y]
}
