resource "aws_internet_gateway" {
  description = "An internet gateway: the way from a VPC to the internet and back."
  version     = 0
  legacy      = true
  identity    = ["id"]
  import      = "igw id"
  timeouts    = { create = "20m", update = "20m", delete = "20m" }
  actions = {
    create = ["ec2:CreateInternetGateway", "ec2:CreateTags", "ec2:AttachInternetGateway"]
    read   = ["ec2:DescribeInternetGateways"]
    update = ["ec2:AttachInternetGateway", "ec2:DetachInternetGateway", "ec2:CreateTags", "ec2:DeleteTags"]
    delete = ["ec2:DetachInternetGateway", "ec2:DeleteInternetGateway"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the internet gateway."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the internet gateway."
  }
  attribute "owner_id" {
    type        = string
    mode        = "computed"
    description = "Account that owns the internet gateway."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "tags" {
    type        = map(string)
    mode        = "optional"
    description = "Tags; override equal keys of provider default_tags."
  }
  attribute "tags_all" {
    type        = map(string)
    mode        = "optional+computed"
    description = "Tags including provider default_tags."
  }
  attribute "vpc_id" {
    type        = string
    mode        = "optional+computed"
    description = "VPC id."
  }
}
