terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {

}
resource "lab_thing" "a" {
  names = ["a", lab_thing.z.id]
}
