resource "terraform_data" "x" {
  input = tolist([3, 4])
  lifecycle {
    ignore_changes = [input[1]]
  }
}
