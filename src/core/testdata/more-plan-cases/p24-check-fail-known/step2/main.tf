resource "terraform_data" "x" {
  input = 1
}
check "c" {
  assert {
    condition = terraform_data.x.output == 5
    error_message = "bad ${terraform_data.x.output}"
  }
  assert {
    condition = true
    error_message = "x"
  }
}
