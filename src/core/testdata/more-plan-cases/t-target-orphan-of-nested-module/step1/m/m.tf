resource "terraform_data" "r" {
}
module "n" {
  source = "./n"
}
output "o" {
  value = terraform_data.r.id
}
