locals {
  a = jsondecode("{")
}
output "o" {
  value = local.a
}
resource "terraform_data" "x" {

}
