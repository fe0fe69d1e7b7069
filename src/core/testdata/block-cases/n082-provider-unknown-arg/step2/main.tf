terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
provider "lab" {
  regio = "x"
}
resource "lab_thing" "a" {

}
