resource "terraform_data" "a" {
  for_each = toset(["y"])
  input = 1
}
moved {
  from = terraform_data.a["x"]
  to = terraform_data.a["y"]
}
