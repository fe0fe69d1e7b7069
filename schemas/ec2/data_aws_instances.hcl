data "aws_instances" {
  description = "Ids and addresses of instances."
  legacy      = true
  timeouts    = { read = "20m" }
  actions     = { read = ["ec2:DescribeInstances"] }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the instances."
  }
  attribute "ids" {
    type        = list(string)
    mode        = "computed"
    description = "Ids found."
  }
  attribute "instance_state_names" {
    type        = set(string)
    mode        = "optional"
    description = "States to include. AWS default: running."
  }
  attribute "instance_tags" {
    type        = map(string)
    mode        = "optional+computed"
    description = "Tags the instance must have."
  }
  attribute "ipv6_addresses" {
    type        = list(string)
    mode        = "computed"
    description = "IPv6 addresses."
  }
  attribute "private_ips" {
    type        = list(string)
    mode        = "computed"
    description = "Private addresses found."
  }
  attribute "public_ips" {
    type        = list(string)
    mode        = "computed"
    description = "Public addresses found."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    description  = "Region of the resource; default from the provider."
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
