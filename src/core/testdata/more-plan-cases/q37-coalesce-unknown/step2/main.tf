resource "terraform_data" "y" {
  input = 2
}
output "o" {
  value = coalesce(terraform_data.y.id, "d")
}
output "p" {
  value = coalesce("a", terraform_data.y.output)
}
