output "a" {
  value = tolist(["a"])
}
