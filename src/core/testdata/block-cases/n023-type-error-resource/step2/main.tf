terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {

}
resource "lab_thing" "a" {
  size = lab_thing.z.comp
  items = lab_thing.z.id
}
