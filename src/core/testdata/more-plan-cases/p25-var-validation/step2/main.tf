variable "v" {
  default = 1
  validation {
    condition = var.v > 0
    error_message = "small"
  }
}
resource "terraform_data" "x" {
  input = var.v
}
