resource "terraform_data" {
  description = "A place for a value and a trigger; calls nothing."
  version     = 0
  identity    = ["id"]
  import      = "any text"
  refine      = "terraform_data"
  attribute "id" {
    type        = string
    mode        = "computed"
    description = "Random id of the object."
  }
  attribute "input" {
    type        = any
    mode        = "optional"
    description = "A value to store."
  }
  attribute "output" {
    type        = any
    mode        = "computed"
    description = "The input, after apply."
  }
  attribute "triggers_replace" {
    type        = any
    mode        = "optional"
    replace     = true
    description = "A change replaces the object."
  }
}
