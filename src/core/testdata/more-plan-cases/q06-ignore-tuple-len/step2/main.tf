resource "terraform_data" "x" {
  input = [3, 4, 5]
  lifecycle {
    ignore_changes = [input[0]]
  }
}
