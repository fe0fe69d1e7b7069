resource "terraform_data" "a" {
  input = "v2"
  lifecycle {
    create_before_destroy = true
    postcondition {
      condition = self.id != ""
      error_message = "post"
    }
  }
}
resource "terraform_data" "b" {
  for_each = { x = "1" }
  input = terraform_data.a.output
  lifecycle {
    create_before_destroy = true
    replace_triggered_by = [terraform_data.a.output]
  }
}
resource "terraform_data" "c" {
  input = terraform_data.a.input
  lifecycle {
    ignore_changes = [input]
  }
}
output "o0" {
  value = { for k, v in terraform_data.b : k => v.output }
}
