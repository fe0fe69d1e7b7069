resource "terraform_data" "a" {
  input = sensitive("s2")
}
resource "terraform_data" "b" {
  for_each = { x = "1" }
  input = terraform_data.a.input
  triggers_replace = 2
  lifecycle {
    replace_triggered_by = [terraform_data.a]
    precondition {
      condition = terraform_data.a.output != "v3"
      error_message = "pre"
    }
  }
}
resource "terraform_data" "c" {
  for_each = toset(["p", "x"])
  input = each.value
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "d" {
  input = terraform_data.a.input
  lifecycle {
    postcondition {
      condition = self.id != ""
      error_message = "post"
    }
  }
}
output "o0" {
  value = { for k, v in terraform_data.c : k => v.output }
}
