resource "terraform_data" "y" {
  input = 2
}
output "o" {
  value = try(terraform_data.y.output.foo, "d")
}
output "p" {
  value = can(terraform_data.y.output)
}
