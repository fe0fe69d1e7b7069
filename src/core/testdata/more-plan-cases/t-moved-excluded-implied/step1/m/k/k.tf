variable "v" {
  default = "d"
}
resource "terraform_data" "t" {
  for_each = { x = "1", z = "2" }
  input = each.value
}
output "o" {
  value = [for k, v in terraform_data.t : v.id]
  sensitive = false
}
