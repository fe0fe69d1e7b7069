terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  obj = { a = null, b = null }
  objs = [{ k = null, v = null }, { k = "a", v = [] }]
}
