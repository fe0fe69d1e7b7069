terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  count = 2
  item {
    key = count.index
  }
}
output "o" { value = lab_thing.a[*].item[*].key }
