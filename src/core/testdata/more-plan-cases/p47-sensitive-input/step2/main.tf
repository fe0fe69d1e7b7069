variable "s" {
  default = "b"
  sensitive = true
}
resource "terraform_data" "x" {
  input = { k = var.s, l = 1 }
}
