terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {

}
resource "lab_thing" "a" {
  dynamic "kv" {
    for_each = toset([lab_thing.z.id])
    labels   = [kv.key]
    content {
      v = kv.value
    }
  }
}
