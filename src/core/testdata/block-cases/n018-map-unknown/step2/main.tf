terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {

}
resource "lab_thing" "a" {
  tags = { a = lab_thing.z.id, b = "c" }
  obj = { a = lab_thing.z.id, b = 1 }
}
