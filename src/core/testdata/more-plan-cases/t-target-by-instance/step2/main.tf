module "m" {
  source = "./m"
  count = 2
  v = "a"
}
resource "terraform_data" "q" {
  input = length(module.m)
  lifecycle {
    create_before_destroy = true
  }
}
output "x" {
  value = length(module.m)
}
