variable "s" {
  default = "a"
  sensitive = true
}
resource "terraform_data" "x" {
  input = var.s
}
