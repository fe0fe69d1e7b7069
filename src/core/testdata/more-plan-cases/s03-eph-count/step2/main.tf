variable "v" {
  ephemeral = true
  default = 1
}
resource "terraform_data" "x" {
  count = var.v
}
