resource "terraform_data" "b" {
  input = terraform_data.a.nope
}
resource "terraform_data" "a" {

}
