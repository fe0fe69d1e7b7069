resource "terraform_data" "p" {
  input = { a = 1 }
}
module "w" {
  source = "./m"
  count = 1
  v = "a"
}
resource "terraform_data" "q" {
  input = module.w[*].o
  lifecycle {
    create_before_destroy = true
  }
}
output "x" {
  value = module.w[*].o
}
moved {
  from = module.n
  to = module.w
}
