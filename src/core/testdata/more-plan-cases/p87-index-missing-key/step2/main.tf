resource "terraform_data" "a" {
  for_each = toset(["x"])
}
resource "terraform_data" "b" {
  input = terraform_data.a["z"].id
}
