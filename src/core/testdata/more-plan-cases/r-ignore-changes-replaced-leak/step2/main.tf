resource "terraform_data" "a" {
  input = sensitive("s2")
  lifecycle {
    ignore_changes = [input]
  }
}
resource "terraform_data" "b" {
  input = [1, "x1"]
  lifecycle {
    prevent_destroy = true
    replace_triggered_by = [terraform_data.a]
  }
}
resource "terraform_data" "ic" {
  input = "${terraform_data.b.id}-x"
  lifecycle {
    create_before_destroy = true
    ignore_changes = all
    prevent_destroy = true
  }
  depends_on = [terraform_data.a]
}
resource "terraform_data" "d" {
  input = sensitive("s2")
}
output "o0" {
  value = sensitive("s2")
  sensitive = true
}
output "o1" {
  value = [1, "x1"]
}
moved {
  from = terraform_data.c
  to = terraform_data.ic
}
