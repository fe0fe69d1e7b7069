resource "terraform_data" "x" {
  lifecycle {
    prevent_destroy = true
  }
}
resource "terraform_data" "y" {

}
