resource "terraform_data" "a" {
  input = sensitive("s2")
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "b" {
  input = terraform_data.a.output
  lifecycle {
    prevent_destroy = true
    replace_triggered_by = [terraform_data.a.output]
  }
}
output "o0" {
  value = terraform_data.a.input
}
removed {
  from = terraform_data.c
  lifecycle {
    destroy = false
  }
}
