terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "a" {
  name = "n"
  lifecycle {
    postcondition {
      condition     = self.comp == "x"
      error_message = "comp is ${self.comp}"
    }
  }
}
resource "lab_thing" "b" {
  name = lab_thing.a.comp
}
