output "a" {
  value = { x = 1, y = [true] }
}
