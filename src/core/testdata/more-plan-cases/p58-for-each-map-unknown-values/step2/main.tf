resource "terraform_data" "y" {
  input = 2
}
resource "terraform_data" "x" {
  for_each = { a = terraform_data.y.output }
  input = each.value
}
