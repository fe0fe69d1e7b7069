resource "terraform_data" "t" {
}
resource "terraform_data" "u" {
}
module "z" {
  source = "./z"
}
