terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
provider "lab" {
  region = ["x"]
}
resource "lab_thing" "a" {

}
