provider "lab" {
  description = "A provider that keeps nothing: what it knows of an object is its state."
  attribute "region" {
    type = string
    mode = "optional"
  }
  block "default_tags" {
    nesting = "list"
    max     = 1
    attribute "tags" {
      type = map(string)
      mode = "optional"
    }
  }
}
