data "aws_vpc" {
  description = "Exactly one VPC, found by id, tags, filters or as the default one."
  legacy      = true
  timeouts    = { read = "20m" }
  actions     = { read = ["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeRouteTables"] }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the VPC."
  }
  attribute "cidr_block" {
    type        = string
    mode        = "optional+computed"
    description = "IPv4 CIDR block."
  }
  attribute "cidr_block_associations" {
    type        = list(object({ association_id = string, cidr_block = string, state = string }))
    mode        = "computed"
    description = "IPv4 CIDR blocks associated with the VPC."
  }
  attribute "default" {
    type        = bool
    mode        = "optional+computed"
    description = "Whether this is the default one."
  }
  attribute "dhcp_options_id" {
    type        = string
    mode        = "optional+computed"
    description = "DHCP option set of the VPC."
  }
  attribute "enable_dns_hostnames" {
    type        = bool
    mode        = "computed"
    description = "Give instances DNS host names."
  }
  attribute "enable_dns_support" {
    type        = bool
    mode        = "computed"
    description = "Use the Amazon DNS resolver."
  }
  attribute "enable_network_address_usage_metrics" {
    type        = bool
    mode        = "computed"
    description = "Publish network address usage metrics."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the VPC."
  }
  attribute "instance_tenancy" {
    type        = string
    mode        = "computed"
    values      = ["default", "dedicated"]
    description = "Tenancy of instances: default or dedicated."
  }
  attribute "ipv6_association_id" {
    type        = string
    mode        = "computed"
    deprecated  = "use ipv6_cidr_block_associations"
    description = "Id of the IPv6 CIDR association."
  }
  attribute "ipv6_cidr_block" {
    type        = string
    mode        = "computed"
    deprecated  = "use ipv6_cidr_block_associations"
    description = "IPv6 CIDR block."
  }
  attribute "ipv6_cidr_block_associations" {
    type        = set(object({ association_id = string, ip_source = string, ipv6_address_attribute = string, ipv6_cidr_block = string, ipv6_pool = string, network_border_group = string, state = string }))
    mode        = "computed"
    description = "IPv6 CIDR blocks associated with the VPC."
  }
  attribute "main_route_table_id" {
    type        = string
    mode        = "computed"
    description = "Id of the main route table."
  }
  attribute "owner_id" {
    type        = string
    mode        = "computed"
    description = "Account that owns the VPC."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    description  = "Region of the resource; default from the provider."
  }
  attribute "state" {
    type        = string
    mode        = "optional+computed"
    description = "State of the VPC."
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
