resource "terraform_data" "p" {
  input = "p1"
}
module "n" {
  source = "./m"
  count = 1
  v = "a"
}
resource "terraform_data" "q" {
  input = length(module.n)
  lifecycle {
    create_before_destroy = true
  }
}
