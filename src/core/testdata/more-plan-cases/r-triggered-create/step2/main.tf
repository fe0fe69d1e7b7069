resource "terraform_data" "a" {
  input = 1
  lifecycle {
    create_before_destroy = true
  }
}
resource "terraform_data" "b" {
  count = 2
  input = count.index
  lifecycle {
    create_before_destroy = true
    replace_triggered_by = [terraform_data.a.input]
  }
}
resource "terraform_data" "c" {
  count = 2
  input = "i${count.index}"
  lifecycle {
    postcondition {
      condition = self.id != ""
      error_message = "post"
    }
  }
}
resource "terraform_data" "d" {
  input = null
  triggers_replace = keys(terraform_data.b)
}
output "o0" {
  value = terraform_data.a.output
}
