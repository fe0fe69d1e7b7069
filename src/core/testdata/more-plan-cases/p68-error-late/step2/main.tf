resource "terraform_data" "a" {
  input = "x"
}
resource "terraform_data" "b" {
  input = tonumber(terraform_data.a.output)
}
resource "terraform_data" "d" {
  input = 1
}
output "o" {
  value = 2
}
