resource "terraform_data" "a" {
  for_each = { x = 1, y = 2 }
  triggers_replace = each.value
}
resource "terraform_data" "b" {
  input = { for k, v in terraform_data.a : k => v.id }
}
