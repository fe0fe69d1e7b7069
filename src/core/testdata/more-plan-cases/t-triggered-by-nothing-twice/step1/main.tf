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
  for_each = toset(["x", "y"])
  input = each.value
  triggers_replace = each.key
}
output "o0" {
  value = 1
  sensitive = true
}
