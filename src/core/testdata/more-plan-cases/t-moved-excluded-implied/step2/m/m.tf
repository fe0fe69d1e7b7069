variable "v" {
  default = "d"
}
resource "terraform_data" "r" {
  count = 3
  input = var.v
  lifecycle {
    ignore_changes = [triggers_replace]
  }
}
output "o" {
  value = length(terraform_data.r)
  sensitive = true
}
