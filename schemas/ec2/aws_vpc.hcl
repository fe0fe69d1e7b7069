resource "aws_vpc" {
  description    = "A virtual private cloud: an isolated network with its own address range."
  version        = 1
  legacy         = true
  identity       = ["id"]
  import         = "vpc id"
  conflicts_with = [["ipv6_ipam_pool_id", "assign_generated_ipv6_cidr_block"], ["cidr_block", "ipv4_netmask_length"], ["ipv6_cidr_block", "ipv6_netmask_length"], ["ipv6_cidr_block", "assign_generated_ipv6_cidr_block"]]
  actions = {
    create = ["ec2:CreateVpc", "ec2:CreateTags", "ec2:ModifyVpcAttribute"]
    read   = ["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeNetworkAcls", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups"]
    update = ["ec2:ModifyVpcAttribute", "ec2:ModifyVpcTenancy", "ec2:AssociateVpcCidrBlock", "ec2:DisassociateVpcCidrBlock", "ec2:CreateTags", "ec2:DeleteTags"]
    delete = ["ec2:DeleteVpc"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the VPC."
  }
  attribute "assign_generated_ipv6_cidr_block" {
    type        = bool
    mode        = "optional"
    description = "Ask for an Amazon IPv6 /56 block. AWS default: false."
  }
  attribute "cidr_block" {
    type        = string
    mode        = "optional+computed"
    format      = "ipv4_cidr"
    replace     = true
    description = "IPv4 CIDR block."
  }
  attribute "default_network_acl_id" {
    type        = string
    mode        = "computed"
    description = "Id of the VPC default network ACL."
  }
  attribute "default_route_table_id" {
    type        = string
    mode        = "computed"
    description = "Id of the VPC default route table."
  }
  attribute "default_security_group_id" {
    type        = string
    mode        = "computed"
    description = "Id of the VPC default security group."
  }
  attribute "dhcp_options_id" {
    type        = string
    mode        = "computed"
    description = "DHCP option set of the VPC."
  }
  attribute "enable_dns_hostnames" {
    type        = bool
    mode        = "optional+computed"
    description = "Give instances DNS host names. AWS default: false."
  }
  attribute "enable_dns_support" {
    type        = bool
    mode        = "optional"
    default     = true
    description = "Use the Amazon DNS resolver."
  }
  attribute "enable_network_address_usage_metrics" {
    type        = bool
    mode        = "optional+computed"
    description = "Publish network address usage metrics. AWS default: false."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the VPC."
  }
  attribute "instance_tenancy" {
    type         = string
    mode         = "optional"
    default      = "default"
    replace_when = "tenancy_to_dedicated"
    values       = ["default", "dedicated"]
    description  = "Tenancy of instances: default or dedicated."
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
    range       = [16, 28]
    description = "Netmask of the IPv4 CIDR from IPAM."
  }
  attribute "ipv6_association_id" {
    type        = string
    mode        = "computed"
    description = "Id of the IPv6 CIDR association."
  }
  attribute "ipv6_cidr_block" {
    type        = string
    mode        = "optional+computed"
    format      = "ipv6_cidr"
    description = "IPv6 CIDR block."
  }
  attribute "ipv6_cidr_block_network_border_group" {
    type        = string
    mode        = "optional+computed"
    description = "Border group of the IPv6 block."
  }
  attribute "ipv6_ipam_pool_id" {
    type        = string
    mode        = "optional"
    description = "IPAM pool for the IPv6 CIDR."
  }
  attribute "ipv6_netmask_length" {
    type        = number
    mode        = "optional"
    description = "Netmask of the IPv6 CIDR from IPAM."
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
}
