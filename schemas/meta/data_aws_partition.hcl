data "aws_partition" {
  description = "The partition of the provider region."
  actions     = { read = [] }
  attribute "dns_suffix" {
    type        = string
    mode        = "computed"
    description = "Base DNS suffix of the partition."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    deprecated  = "no longer of use"
    description = "Id of the partition."
  }
  attribute "partition" {
    type        = string
    mode        = "computed"
    description = "AWS partition, such as aws."
  }
  attribute "reverse_dns_prefix" {
    type        = string
    mode        = "computed"
    description = "Prefix of service names, such as com.amazonaws."
  }
}
