resource "terraform_data" "a" {
  count = 0
  input = count.index
  lifecycle {
    create_before_destroy = true
    postcondition {
      condition = self.output != "v2"
      error_message = "post"
    }
  }
}
resource "terraform_data" "b" {
  count = 2
  input = length(terraform_data.a)
  triggers_replace = sensitive("s1")
  lifecycle {
    prevent_destroy = true
    replace_triggered_by = [terraform_data.a]
  }
}
output "o0" {
  value = sensitive("s2")
  sensitive = true
}
