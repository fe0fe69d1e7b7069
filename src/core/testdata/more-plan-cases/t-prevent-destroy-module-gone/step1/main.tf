resource "terraform_data" "p" {
  input = "p2"
}
module "m" {
  source = "./m"
  for_each = toset(["x","y"])
  depends_on = [terraform_data.p]
}
resource "terraform_data" "q" {
  input = keys(module.m)
  lifecycle {
    create_before_destroy = true
    ignore_changes = [input]
  }
}
output "x" {
  value = keys(module.m)
  sensitive = true
}
