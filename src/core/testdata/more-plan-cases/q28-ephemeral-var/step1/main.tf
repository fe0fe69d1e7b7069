variable "v" {
  ephemeral = true
  default = "a"
}
resource "terraform_data" "x" {

}
