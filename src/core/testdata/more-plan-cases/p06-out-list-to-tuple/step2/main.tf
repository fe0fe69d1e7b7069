output "a" {
  value = ["a"]
}
