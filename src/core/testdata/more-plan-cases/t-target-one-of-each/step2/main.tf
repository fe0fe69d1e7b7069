resource "terraform_data" "r" {
  for_each = toset(["x", "z"])
  input = 2
}
output "x" {
  value = keys(terraform_data.r)
}
