resource "aws_vpc_security_group_ingress_rule" {
  description = "One inbound rule of a security group with exactly one source."
  version     = 0
  identity    = ["id"]
  import      = "sgr id"
  exactly_one = [["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"]]
  parent      = { type = "aws_security_group", by = "security_group_id" }
  refine      = "vpc_security_group_rule"
  actions = {
    create = ["ec2:AuthorizeSecurityGroupIngress", "ec2:CreateTags"]
    read   = ["ec2:DescribeSecurityGroupRules"]
    update = ["ec2:ModifySecurityGroupRules", "ec2:CreateTags", "ec2:DeleteTags"]
    delete = ["ec2:RevokeSecurityGroupIngress"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the VPC security group ingress rule."
  }
  attribute "cidr_ipv4" {
    type         = string
    mode         = "optional"
    format       = "ipv4_cidr"
    replace_when = "source_kind"
    description  = "IPv4 source or destination CIDR."
  }
  attribute "cidr_ipv6" {
    type         = string
    mode         = "optional"
    format       = "ipv6_cidr"
    replace_when = "source_kind"
    description  = "IPv6 source or destination CIDR."
  }
  attribute "description" {
    type        = string
    mode        = "optional"
    description = "Description of the VPC security group ingress rule."
  }
  attribute "from_port" {
    type        = number
    mode        = "optional"
    range       = [-1, 65535]
    description = "First port, or ICMP type."
  }
  attribute "id" {
    type        = string
    mode        = "computed"
    description = "Id of the VPC security group ingress rule."
  }
  attribute "ip_protocol" {
    type        = string
    mode        = "required"
    equivalence = "protocol"
    description = "IP protocol name or number; -1 for all."
  }
  attribute "prefix_list_id" {
    type         = string
    mode         = "optional"
    replace_when = "source_kind"
    description  = "Prefix list id."
  }
  attribute "referenced_security_group_id" {
    type         = string
    mode         = "optional"
    replace_when = "source_kind"
    description  = "Source or destination security group."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "security_group_id" {
    type        = string
    mode        = "required"
    replace     = true
    description = "Security group id."
  }
  attribute "security_group_rule_id" {
    type        = string
    mode        = "computed"
    description = "Security group rule id."
  }
  attribute "tags" {
    type        = map(string)
    mode        = "optional"
    description = "Tags; override equal keys of provider default_tags."
  }
  attribute "tags_all" {
    type        = map(string)
    mode        = "computed"
    description = "Tags including provider default_tags."
  }
  attribute "to_port" {
    type        = number
    mode        = "optional"
    range       = [-1, 65535]
    description = "Last port, or ICMP code."
  }
}
