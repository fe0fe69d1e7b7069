terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  grp {
    x = "1"
  }
  grp {
    x = "2"
  }
}
