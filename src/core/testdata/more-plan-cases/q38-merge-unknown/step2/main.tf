resource "terraform_data" "y" {
  input = { b = 1 }
}
output "o" {
  value = merge({ z = 1 }, terraform_data.y.output)
}
output "p" {
  value = merge({ z = 1 }, { y = terraform_data.y.id })
}
