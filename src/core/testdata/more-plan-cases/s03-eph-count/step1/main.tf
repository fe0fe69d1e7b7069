variable "v" {
  ephemeral = true
  default = 1
}
