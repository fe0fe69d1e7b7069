resource "lab_strict" {
  description = "A thing that needs its arguments."
  identity    = ["id"]
  import      = "any id"
  attribute "id" {
    type = string
    mode = "optional+computed"
  }
  attribute "req" {
    type = string
    mode = "required"
  }
  block "need" {
    nesting = "list"
    min     = 1
    max     = 2
    attribute "x" {
      type = string
      mode = "optional"
    }
  }
}
