resource "terraform_data" "a" {
  input = sensitive("s2")
}
resource "terraform_data" "c" {
  for_each = toset(["p", "x"])
  input = "${each.key}-${each.value}"
  triggers_replace = each.key
  lifecycle {
    ignore_changes = [input]
    replace_triggered_by = [terraform_data.a]
    postcondition {
      condition = self.id != ""
      error_message = "post"
    }
  }
}
output "o0" {
  value = { k = "3", l = [1] }
}
removed {
  from = terraform_data.b
  lifecycle {
    destroy = false
  }
}
