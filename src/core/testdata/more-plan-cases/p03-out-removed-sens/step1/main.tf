output "a" {
  value = "x"
  sensitive = true
}
output "b" {
  value = 1
}
