resource "terraform_data" "ja" {
  for_each = { y = "3", z = "4" }
  input = sensitive("s1")
  lifecycle {
    prevent_destroy = true
  }
}
resource "terraform_data" "b" {

}
resource "terraform_data" "d" {
  input = { for k, v in terraform_data.b : k => v.output }
  triggers_replace = [for k, v in terraform_data.ja : "${k}=${v.id}"]
  lifecycle {
    ignore_changes = all
  }
}
output "o0" {
  value = null
}
output "o1" {
  value = keys(terraform_data.ja)
  sensitive = true
}
check "c" {
  assert {
    condition = length(terraform_data.ja) > 1
    error_message = "chk"
  }
}
removed {
  from = terraform_data.c
  lifecycle {
    destroy = false
  }
}
