resource "terraform_data" "a" {
  input = 2
}
output "o" {
  value = terraform_data.a.output.foo.bar
}
output "p" {
  value = 1 + "x"
}
