resource "terraform_data" "a" {
  for_each = { y = "3", z = "4" }
  input = sensitive("s1")
  lifecycle {
    prevent_destroy = true
  }
}
resource "terraform_data" "b" {
  for_each = { x = "1" }
  input = keys(terraform_data.a)
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "c" {
  for_each = { y = "3", z = "4" }
  input = { for k, v in terraform_data.a : k => v.output }
}
resource "terraform_data" "d" {
  input = { for k, v in terraform_data.b : k => v.output }
  triggers_replace = [for k, v in terraform_data.a : "${k}=${v.id}"]
  lifecycle {
    ignore_changes = all
  }
}
check "c" {
  assert {
    condition = terraform_data.d.output != "v1"
    error_message = "chk"
  }
}
