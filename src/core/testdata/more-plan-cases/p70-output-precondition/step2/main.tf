output "o" {
  value = 2
  precondition {
    condition = false
    error_message = "no"
  }
}
resource "terraform_data" "x" {

}
