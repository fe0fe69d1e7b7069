resource "terraform_data" "x" {
  input = [3, 4]
  lifecycle {
    ignore_changes = [input[5]]
  }
}
