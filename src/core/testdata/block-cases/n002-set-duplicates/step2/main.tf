terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  rule {
    from = 1
  }
  rule {
    from = 1
  }
  rule {
    from = 2
    cidrs = ["a"]
  }
}
