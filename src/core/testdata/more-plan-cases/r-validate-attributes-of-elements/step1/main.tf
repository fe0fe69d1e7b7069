resource "terraform_data" "a" {
  for_each = { y = "3", z = "4" }
  input = "${each.key}-${each.value}"
  lifecycle {
    create_before_destroy = true
    postcondition {
      condition = self.id != ""
      error_message = "post"
    }
  }
}
resource "terraform_data" "b" {
  input = { for k, v in terraform_data.a : k => v.output }
  lifecycle {
    ignore_changes = all
  }
}
resource "terraform_data" "c" {
  count = 3
  input = { for k, v in terraform_data.a : k => v.output }
  triggers_replace = count.index
  lifecycle {
    precondition {
      condition = terraform_data.b.output != "v3"
      error_message = "pre"
    }
  }
}
output "o0" {
  value = { k = "1", l = [1] }
}
