resource "terraform_data" "a" {
  input = "v3"
}
resource "terraform_data" "b" {
  count = 0
  input = [1, "x1"]
  triggers_replace = terraform_data.a.id
}
resource "terraform_data" "c" {
  lifecycle {
    replace_triggered_by = [terraform_data.b]
  }
}
resource "terraform_data" "d" {
  for_each = { y = "3", z = "4" }
  input = terraform_data.a.input
  triggers_replace = { k = "1", l = [2] }
  lifecycle {
    create_before_destroy = true
  }
}
output "o0" {
  value = terraform_data.a.input
}
