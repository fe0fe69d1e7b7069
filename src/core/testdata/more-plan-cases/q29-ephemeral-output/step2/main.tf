variable "v" {
  ephemeral = true
  default = "a"
}
output "o" {
  value = var.v
}
