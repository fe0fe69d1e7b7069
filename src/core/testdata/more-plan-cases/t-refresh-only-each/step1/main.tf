resource "terraform_data" "r" {
  for_each = toset(["x", "y"])
}
output "x" {
  value = keys(terraform_data.r)
}
