resource "terraform_data" "p" {
  input = { a = 1 }
  lifecycle {
    create_before_destroy = true
    ignore_changes = all
  }
}
module "w" {
  source = "./m"
  count = 2
  v = count.index
}
resource "terraform_data" "q" {
  input = length(module.w)
  lifecycle {
    ignore_changes = all
    postcondition {
      condition = self.id != ""
      error_message = "post"
    }
  }
}
moved {
  from = module.m
  to = module.w
}
