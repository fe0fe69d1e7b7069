resource "terraform_data" "x" {
  input = 2
  triggers_replace = 3
  lifecycle {
    ignore_changes = all
  }
}
