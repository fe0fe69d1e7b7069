resource "terraform_data" "x" {
  input = [{ a = 2, b = 2 }]
  lifecycle {
    ignore_changes = [input[0].a]
  }
}
