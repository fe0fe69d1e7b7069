variable "v" {
  ephemeral = true
  default = "a"
}
