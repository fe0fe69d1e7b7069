data "aws_region" {
  description = "A region, by default that of the provider."
  actions     = { read = [] }
  attribute "description" {
    type        = string
    mode        = "computed"
    description = "Description of the region."
  }
  attribute "endpoint" {
    type        = string
    mode        = "optional+computed"
    description = "EC2 endpoint of the region."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    deprecated  = "no longer of use"
    description = "Id of the region."
  }
  attribute "name" {
    type        = string
    mode        = "optional+computed"
    deprecated  = "use region"
    description = "Name of the region."
  }
  attribute "region" {
    type        = string
    mode        = "optional+computed"
    description = "Region name."
  }
}
