resource "terraform_data" "r" {
  for_each = toset(["y", "z"])
}
output "x" {
  value = keys(terraform_data.r)
}
