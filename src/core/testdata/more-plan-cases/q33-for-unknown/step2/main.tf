resource "terraform_data" "y" {
  input = ["b"]
}
resource "terraform_data" "x" {
  input = [for v in terraform_data.y.output : upper(v)]
}
