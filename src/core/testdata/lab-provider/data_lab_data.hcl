data "lab_data" {
  description = "Something to look up."
  attribute "id" {
    type = string
    mode = "optional+computed"
  }
  attribute "n" {
    type = number
    mode = "optional+computed"
  }
  attribute "out" {
    type = string
    mode = "optional+computed"
  }
  attribute "q" {
    type = string
    mode = "required"
  }
  block "filter" {
    nesting = "set"
    attribute "name" {
      type = string
      mode = "required"
    }
    attribute "values" {
      type = list(string)
      mode = "required"
    }
  }
}
