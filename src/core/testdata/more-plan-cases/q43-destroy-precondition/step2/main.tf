resource "terraform_data" "x" {
  input = 1
  lifecycle {
    precondition {
      condition = false
      error_message = "no"
    }
  }
}
