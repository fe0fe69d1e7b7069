terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
resource "lab_thing" "z" {

}
resource "lab_thing" "a" {
  dynamic "rule" {
    for_each = [1, 2]
    content {
      from  = rule.value
      cidrs = [lab_thing.z.id]
    }
  }
}
