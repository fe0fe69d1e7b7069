variable "v" {
  default = "d"
}
resource "terraform_data" "t" {
  count = 3
  input = [var.v]
  triggers_replace = var.v
  lifecycle {
    create_before_destroy = true
    prevent_destroy = true
  }
}
output "o" {
  value = try(terraform_data.t[0].output, "none")
  sensitive = false
}
