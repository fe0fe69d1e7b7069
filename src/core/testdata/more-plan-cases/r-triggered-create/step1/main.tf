resource "terraform_data" "a" {
  count = 1
  input = null
  triggers_replace = [1, "x1"]
  lifecycle {
    ignore_changes = all
  }
}
resource "terraform_data" "b" {
  for_each = { x = "1" }
}
resource "terraform_data" "c" {
  count = 2
  input = "i${count.index}"
  lifecycle {
    postcondition {
      condition = self.id != ""
      error_message = "post"
    }
  }
}
resource "terraform_data" "d" {
  input = null
  triggers_replace = keys(terraform_data.b)
}
