import {
  for_each = { a = "i1", b = "i2" }
  to = terraform_data.x[each.key]
  id = each.value
}
resource "terraform_data" "x" {
  for_each = toset(["a","b"])
  input = each.key
}
