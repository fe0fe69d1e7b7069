data "aws_subnets" {
  description = "Ids of subnets."
  legacy      = true
  timeouts    = { read = "20m" }
  actions     = { read = ["ec2:DescribeSubnets"] }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the subnets."
  }
  attribute "ids" {
    type        = list(string)
    mode        = "computed"
    description = "Ids found."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    description  = "Region of the resource; default from the provider."
  }
  attribute "tags" {
    type        = map(string)
    mode        = "optional+computed"
    description = "Tags to match and those found."
  }
  block "filter" {
    nesting     = "set"
    description = "Filter."
    attribute "name" {
      type        = string
      mode        = "required"
      description = "Name of the filter."
    }
    attribute "values" {
      type        = set(string)
      mode        = "required"
      description = "Values of the filter."
    }
  }
}
