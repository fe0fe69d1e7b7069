terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
data "lab_data" "d" { q = "y" }
output "o" { value = data.lab_data.d.out }
