variable "s" {
  default = "a"
}
resource "terraform_data" "x" {
  input = var.s
}
