terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {

}
check "c" {
  data "lab_data" "d" { q = lab_thing.z.id }
  assert {
    condition     = data.lab_data.d.n == 0
    error_message = "bad"
  }
}
