resource "terraform_data" "a" {
  input = { k = "3", l = [1] }
  triggers_replace = 1
}
resource "terraform_data" "b" {
  input = terraform_data.a.input
  triggers_replace = sensitive("s2")
  depends_on = [terraform_data.a]
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
  value = "${terraform_data.b.id}-x"
}
