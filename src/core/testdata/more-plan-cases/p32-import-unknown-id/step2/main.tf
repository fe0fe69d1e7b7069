resource "terraform_data" "y" {
  input=1
}
import {
  to = terraform_data.x
  id = terraform_data.y.id
}
resource "terraform_data" "x" {
  input = 1
}
