resource "terraform_data" "x" {
  input = sensitive("a")
}
output "o" {
  value = nonsensitive(terraform_data.x.output)
}
output "p" {
  value = terraform_data.x.output
  sensitive = true
}
