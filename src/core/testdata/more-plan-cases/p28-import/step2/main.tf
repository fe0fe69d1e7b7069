import {
  to = terraform_data.x
  id = "abc"
}
resource "terraform_data" "x" {
  input = 1
}
