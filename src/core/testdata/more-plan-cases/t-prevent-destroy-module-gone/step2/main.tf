resource "terraform_data" "p" {
  input = "p2"
  lifecycle {
    ignore_changes = [input]
    postcondition {
      condition = self.output != "b"
      error_message = "post"
    }
  }
}
module "m" {
  source = "./m"
  v = "b"
}
resource "terraform_data" "q" {
  input = module.m.o
}
output "x" {
  value = module.m
  sensitive = true
}
