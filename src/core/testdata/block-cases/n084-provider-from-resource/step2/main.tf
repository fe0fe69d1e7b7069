terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
provider "lab" {
  alias = "x"
  region = lab_thing.z.comp
}
resource "lab_thing" "z" {

}
resource "lab_thing" "a" {
  provider = lab.x
  name = "n"
}
