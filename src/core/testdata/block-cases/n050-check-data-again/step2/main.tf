terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {

}
check "c" {
  data "lab_data" "d" { q = "x" }
  assert {
    condition     = data.lab_data.d.out == "data:x"
    error_message = "bad"
  }
}
