resource "terraform_data" "a" {
  for_each = { x = 1, y = 3 }
  triggers_replace = each.value
}
resource "terraform_data" "b" {
  input = terraform_data.a["x"].id
}
