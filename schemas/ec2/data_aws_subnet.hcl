data "aws_subnet" {
  description = "Exactly one subnet."
  legacy      = true
  timeouts    = { read = "20m" }
  actions     = { read = ["ec2:DescribeSubnets"] }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the subnet."
  }
  attribute "assign_ipv6_address_on_creation" {
    type        = bool
    mode        = "computed"
    description = "Give new interfaces an IPv6 address."
  }
  attribute "availability_zone" {
    type        = string
    mode        = "optional+computed"
    description = "Availability Zone name."
  }
  attribute "availability_zone_id" {
    type        = string
    mode        = "optional+computed"
    description = "Availability Zone id, such as use1-az1."
  }
  attribute "available_ip_address_count" {
    type        = number
    mode        = "computed"
    description = "Free IPv4 addresses of the subnet."
  }
  attribute "cidr_block" {
    type        = string
    mode        = "optional+computed"
    description = "IPv4 CIDR block."
  }
  attribute "customer_owned_ipv4_pool" {
    type        = string
    mode        = "computed"
    description = "Customer-owned address pool on an Outpost."
  }
  attribute "default_for_az" {
    type        = bool
    mode        = "optional+computed"
    description = "Whether this is the default subnet of the zone."
  }
  attribute "enable_dns64" {
    type        = bool
    mode        = "computed"
    description = "Synthesise IPv6 answers for IPv4 names."
  }
  attribute "enable_lni_at_device_index" {
    type        = number
    mode        = "computed"
    description = "Device index of local network interfaces."
  }
  attribute "enable_resource_name_dns_a_record_on_launch" {
    type        = bool
    mode        = "computed"
    description = "Answer A queries for names of new instances."
  }
  attribute "enable_resource_name_dns_aaaa_record_on_launch" {
    type        = bool
    mode        = "computed"
    description = "Answer AAAA queries for names of new instances."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the subnet."
  }
  attribute "ipv6_cidr_block" {
    type        = string
    mode        = "optional+computed"
    description = "IPv6 CIDR block."
  }
  attribute "ipv6_cidr_block_association_id" {
    type        = string
    mode        = "computed"
    description = "Id of the IPv6 CIDR association."
  }
  attribute "ipv6_native" {
    type        = bool
    mode        = "computed"
    description = "IPv6-only subnet."
  }
  attribute "map_customer_owned_ip_on_launch" {
    type        = bool
    mode        = "computed"
    description = "Give new interfaces a customer-owned address."
  }
  attribute "map_public_ip_on_launch" {
    type        = bool
    mode        = "computed"
    description = "Give new instances a public address."
  }
  attribute "outpost_arn" {
    type        = string
    mode        = "computed"
    description = "Outpost ARN."
  }
  attribute "owner_id" {
    type        = string
    mode        = "computed"
    description = "Account that owns the subnet."
  }
  attribute "private_dns_hostname_type_on_launch" {
    type        = string
    mode        = "computed"
    description = "ip-name or resource-name."
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
    description = "State of the subnet."
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
