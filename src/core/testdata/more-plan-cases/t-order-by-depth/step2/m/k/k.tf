variable "v" {
  default = "d"
  validation {
    condition = var.v != "zz"
    error_message = "val"
  }
}
resource "terraform_data" "t" {
  input = [var.v]
  triggers_replace = var.v
}
output "o" {
  value = terraform_data.t.input
  sensitive = false
}
