variable "v" { default = 1 }
output "o" {
  value = 2
  precondition {
    condition = var.v == 2
    error_message = "no ${var.v}"
  }
}
resource "terraform_data" "x" {

}
