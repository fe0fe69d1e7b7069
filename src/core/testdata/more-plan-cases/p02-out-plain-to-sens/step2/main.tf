output "a" {
  value = "x"
  sensitive = true
}
