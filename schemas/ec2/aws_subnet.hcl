resource "aws_subnet" {
  description    = "A subnet: a part of a VPC in one Availability Zone."
  version        = 1
  legacy         = true
  identity       = ["id"]
  import         = "subnet id"
  timeouts       = { create = "10m", delete = "20m" }
  conflicts_with = [["availability_zone", "availability_zone_id"], ["cidr_block", "ipv4_netmask_length"], ["ipv6_cidr_block", "ipv6_netmask_length"]]
  parent         = { type = "aws_vpc", by = "vpc_id" }
  actions = {
    create = ["ec2:CreateSubnet", "ec2:CreateTags", "ec2:ModifySubnetAttribute"]
    read   = ["ec2:DescribeSubnets"]
    update = ["ec2:ModifySubnetAttribute", "ec2:AssociateSubnetCidrBlock", "ec2:DisassociateSubnetCidrBlock", "ec2:CreateTags", "ec2:DeleteTags"]
    delete = ["ec2:DeleteSubnet"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the subnet."
  }
  attribute "assign_ipv6_address_on_creation" {
    type        = bool
    mode        = "optional"
    default     = false
    description = "Give new interfaces an IPv6 address."
  }
  attribute "availability_zone" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Availability Zone name."
  }
  attribute "availability_zone_id" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Availability Zone id, such as use1-az1."
  }
  attribute "cidr_block" {
    type        = string
    mode        = "optional+computed"
    format      = "ipv4_cidr"
    replace     = true
    description = "IPv4 CIDR block."
  }
  attribute "customer_owned_ipv4_pool" {
    type        = string
    mode        = "optional"
    description = "Customer-owned address pool on an Outpost."
  }
  attribute "enable_dns64" {
    type        = bool
    mode        = "optional"
    default     = false
    description = "Synthesise IPv6 answers for IPv4 names."
  }
  attribute "enable_lni_at_device_index" {
    type        = number
    mode        = "optional"
    description = "Device index of local network interfaces."
  }
  attribute "enable_resource_name_dns_a_record_on_launch" {
    type        = bool
    mode        = "optional"
    default     = false
    description = "Answer A queries for names of new instances."
  }
  attribute "enable_resource_name_dns_aaaa_record_on_launch" {
    type        = bool
    mode        = "optional"
    default     = false
    description = "Answer AAAA queries for names of new instances."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the subnet."
  }
  attribute "ipv4_ipam_pool_id" {
    type        = string
    mode        = "optional"
    replace     = true
    unread      = true
    description = "IPAM pool for the IPv4 CIDR."
  }
  attribute "ipv4_netmask_length" {
    type        = number
    mode        = "optional"
    replace     = true
    unread      = true
    description = "Netmask of the IPv4 CIDR from IPAM."
  }
  attribute "ipv6_cidr_block" {
    type         = string
    mode         = "optional+computed"
    format       = "ipv6_cidr"
    replace_when = "assigns_ipv6"
    description  = "IPv6 CIDR block."
  }
  attribute "ipv6_cidr_block_association_id" {
    type        = string
    mode        = "computed"
    description = "Id of the IPv6 CIDR association."
  }
  attribute "ipv6_ipam_pool_id" {
    type        = string
    mode        = "optional"
    replace     = true
    unread      = true
    description = "IPAM pool for the IPv6 CIDR."
  }
  attribute "ipv6_native" {
    type        = bool
    mode        = "optional"
    default     = false
    replace     = true
    description = "IPv6-only subnet."
  }
  attribute "ipv6_netmask_length" {
    type        = number
    mode        = "optional"
    replace     = true
    unread      = true
    description = "Netmask of the IPv6 CIDR from IPAM."
  }
  attribute "map_customer_owned_ip_on_launch" {
    type        = bool
    mode        = "optional"
    description = "Give new interfaces a customer-owned address. AWS default: false."
  }
  attribute "map_public_ip_on_launch" {
    type        = bool
    mode        = "optional"
    default     = false
    description = "Give new instances a public address."
  }
  attribute "outpost_arn" {
    type        = string
    mode        = "optional"
    replace     = true
    description = "Outpost ARN."
  }
  attribute "owner_id" {
    type        = string
    mode        = "computed"
    description = "Account that owns the subnet."
  }
  attribute "private_dns_hostname_type_on_launch" {
    type        = string
    mode        = "optional+computed"
    values      = ["ip-name", "resource-name"]
    description = "ip-name or resource-name."
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
    mode        = "required"
    replace     = true
    description = "VPC id."
  }
}
