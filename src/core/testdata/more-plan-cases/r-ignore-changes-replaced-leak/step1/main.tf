resource "terraform_data" "a" {
  input = 3
  triggers_replace = sensitive("s2")
}
resource "terraform_data" "b" {
  input = [1, "x1"]
  lifecycle {
    prevent_destroy = true
    replace_triggered_by = [terraform_data.a]
  }
}
resource "terraform_data" "c" {
  input = "${terraform_data.b.id}-x"
  lifecycle {
    create_before_destroy = true
    ignore_changes = all
    prevent_destroy = true
  }
  depends_on = [terraform_data.a]
}
resource "terraform_data" "d" {
  input = terraform_data.a.output
}
output "o0" {
  value = [1, "x1"]
}
output "o1" {
  value = "${terraform_data.d.id}-x"
}
