resource "terraform_data" "a" {
  input = [1, "x1"]
}
resource "terraform_data" "b" {
  count = 2
}
resource "terraform_data" "c" {
  input = try(terraform_data.b[1].output, "none")
  triggers_replace = null
  lifecycle {
    create_before_destroy = true
    replace_triggered_by = [terraform_data.a.input]
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
  value = "${terraform_data.c.id}-x"
}
