resource "terraform_data" "x" {
  input = 1
}
check "c" {
  assert {
    condition = terraform_data.x.output == 1
    error_message = "bad"
  }
}
