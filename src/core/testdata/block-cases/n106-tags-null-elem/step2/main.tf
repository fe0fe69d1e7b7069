terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  tags = { a = null }
  items = [null, "b"]
}
