resource "terraform_data" "x" {
  input = 2
}
resource "terraform_data" "y" {

}
output "o" {
  value = 2
}
output "n" {
  value = 3
}
