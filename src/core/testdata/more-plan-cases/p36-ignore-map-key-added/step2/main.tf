resource "terraform_data" "x" {
  input = tomap({ a = "1", b = "2" })
  lifecycle {
    ignore_changes = [input["b"]]
  }
}
