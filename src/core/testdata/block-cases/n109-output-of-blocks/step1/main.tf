terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  item {
    key = "k"
  }
}
output "o" { value = lab_thing.a.item[0].key }
output "w" { value = [for i in lab_thing.a.item : i.value] }
