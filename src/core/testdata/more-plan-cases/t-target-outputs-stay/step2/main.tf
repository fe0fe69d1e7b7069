resource "terraform_data" "q" {
  input = 2
}
output "y" {
  value = terraform_data.q.output
}
output "w" {
  value = 1
}
