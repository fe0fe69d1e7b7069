output "o" {
  value = plantimestamp() == plantimestamp()
}
