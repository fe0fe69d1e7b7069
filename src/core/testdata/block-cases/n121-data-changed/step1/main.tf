terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
data "lab_data" "d" { q = "x" }
output "o" { value = data.lab_data.d.out }
