terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  rule {
    from = 1
    to = 5
  }
  rule {
    from = 3
  }
}
