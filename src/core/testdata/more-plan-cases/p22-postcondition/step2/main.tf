resource "terraform_data" "x" {
  input = 1
  lifecycle {
    postcondition {
      condition = self.input == 2
      error_message = "got ${self.input}"
    }
  }
}
resource "terraform_data" "y" {
  input = terraform_data.x.id
}
