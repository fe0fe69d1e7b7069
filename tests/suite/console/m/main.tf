variable "x" {}

output "o" {
  value = "o-${var.x}"
}

output "s" {
  value     = "sec"
  sensitive = true
}
