resource "terraform_data" "a" {
  input = { k = "1", l = [1] }
  triggers_replace = 2
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "b" {
  input = try(terraform_data.a[1].output, "none")
  lifecycle {
    create_before_destroy = true
    ignore_changes = [triggers_replace]
    replace_triggered_by = [terraform_data.a]
  }
  depends_on = [terraform_data.a]
}
resource "terraform_data" "d" {
  input = terraform_data.b.output
  lifecycle {
    precondition {
      condition = terraform_data.b.output != "v3"
      error_message = "pre"
    }
  }
}
