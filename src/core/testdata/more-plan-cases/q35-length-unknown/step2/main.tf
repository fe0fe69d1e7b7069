resource "terraform_data" "y" {
  input = ["b","c"]
}
output "o" {
  value = length(terraform_data.y.output)
}
output "p" {
  value = length([terraform_data.y.id, 2])
}
