resource "terraform_data" "s" {
}
