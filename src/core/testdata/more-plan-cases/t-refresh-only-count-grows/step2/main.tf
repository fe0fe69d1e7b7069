resource "terraform_data" "r" {
  count = 3
}
output "x" {
  value = length(terraform_data.r)
}
output "y" {
  value = try(terraform_data.r[2].id, "none")
}
