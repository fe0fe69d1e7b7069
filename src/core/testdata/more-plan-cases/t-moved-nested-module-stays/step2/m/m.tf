resource "terraform_data" "r" {
}
module "k" {
  source = "./k"
}
