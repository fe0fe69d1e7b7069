terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  rule {
    from = 1
    to = 2
  }
  rule {
    from = 3
  }
}
