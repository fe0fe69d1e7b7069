resource "terraform_data" "y" {

}
resource "terraform_data" "z" {
  input = 3
}
resource "terraform_data" "x" {
  count = terraform_data.z.output
}
