terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {

}
resource "lab_thing" "a" {
  name = "n"
  lifecycle {
    precondition {
      condition     = lab_thing.z.name != null
      error_message = "no name"
    }
  }
}
