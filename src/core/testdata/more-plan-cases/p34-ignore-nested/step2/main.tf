resource "terraform_data" "x" {
  input = { a = 2, b = { c = 2 } }
  lifecycle {
    ignore_changes = [input.b.c]
  }
}
