terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  item {
    key = "p"
    sub {
      n = 1
    }
    sub {
      s = "x"
    }
  }
  item {
    key = "q"
    secret = "s"
  }
}
