data "aws_security_group" {
  description = "Exactly one security group."
  legacy      = true
  timeouts    = { read = "20m" }
  actions     = { read = ["ec2:DescribeSecurityGroups"] }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the security group."
  }
  attribute "description" {
    type        = string
    mode        = "computed"
    description = "Description of the security group."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the security group."
  }
  attribute "name" {
    type        = string
    mode        = "optional+computed"
    description = "Name of the security group."
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
  attribute "vpc_id" {
    type        = string
    mode        = "optional+computed"
    description = "VPC id."
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
