variable "a" {
  default = "x"
}

variable "s" {
  default   = "sec"
  sensitive = true
}

variable "o" {
  type    = object({ a = optional(string), b = list(number) })
  default = { b = [1] }
}

variable "un" {
  type = object({ a = string, b = list(string) })
}

variable "nl" {
  type    = list(string)
  default = null
}

variable "nm" {
  type    = map(list(any))
  default = null
}

variable "ns" {
  type    = set(object({ a = string }))
  default = null
}

variable "no" {
  type    = object({ a = string })
  default = null
}

variable "nt" {
  type    = tuple([string, list(bool)])
  default = null
}

variable "eph" {
  default   = "e"
  ephemeral = true
}

locals {
  l = toset(["a", "b"])
}

resource "terraform_data" "t" {
  input = "x"
}

resource "terraform_data" "c" {
  count = 2
  input = "x"
}

resource "terraform_data" "f" {
  for_each = local.l
  input    = "x"
}

module "m" {
  source = "./m"
  x      = "y"
}

module "n" {
  source = "./m"
  count  = 2
  x      = "y"
}

output "x" {
  value = 1
}
