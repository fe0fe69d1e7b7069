resource "terraform_data" "b" {
  for_each = toset(["x", "y"])
}
moved {
  from = terraform_data.a
  to = terraform_data.b
}
