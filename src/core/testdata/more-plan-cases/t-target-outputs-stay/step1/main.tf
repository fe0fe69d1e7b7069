resource "terraform_data" "q" {
  input = 1
}
output "x" {
  value = 1
}
output "y" {
  value = terraform_data.q.output
}
output "z" {
  value = terraform_data.q.output
}
