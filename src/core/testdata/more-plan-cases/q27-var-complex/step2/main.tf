variable "v" {
  type = list(object({ a = number, b = optional(string, "z") }))
  default = []
}
resource "terraform_data" "x" {
  input = var.v
}
