resource "aws_security_group_rule" {
  description    = "One permission of a security group, with one or more sources (older form)."
  version        = 2
  legacy         = true
  identity       = ["security_group_id", "type", "protocol", "from_port", "to_port", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "source_security_group_id", "self"]
  import         = "SGID_TYPE_PROTOCOL_FROM_TO_SOURCE[_SOURCE]*, e.g. sg-123_ingress_tcp_8000_8000_10.0.3.0/24"
  timeouts       = { create = "5m" }
  conflicts_with = [["cidr_blocks", "source_security_group_id"], ["cidr_blocks", "self"], ["ipv6_cidr_blocks", "source_security_group_id"], ["self", "source_security_group_id"]]
  parent         = { type = "aws_security_group", by = "security_group_id" }
  refine         = "security_group_rule"
  actions = {
    create = ["ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress"]
    read   = ["ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules"]
    update = ["ec2:UpdateSecurityGroupRuleDescriptionsIngress", "ec2:UpdateSecurityGroupRuleDescriptionsEgress"]
    delete = ["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"]
  }
  attribute "cidr_blocks" {
    type        = list(string)
    mode        = "optional"
    format      = "ipv4_cidr"
    replace     = true
    description = "IPv4 CIDR blocks."
  }
  attribute "description" {
    type        = string
    mode        = "optional"
    description = "Description of the security group rule."
  }
  attribute "from_port" {
    type        = number
    mode        = "required"
    replace     = true
    description = "First port, or ICMP type. Difference ignored for protocol -1 when state has 0."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the security group rule."
  }
  attribute "ipv6_cidr_blocks" {
    type        = list(string)
    mode        = "optional"
    format      = "ipv6_cidr"
    replace     = true
    description = "IPv6 CIDR blocks."
  }
  attribute "prefix_list_ids" {
    type        = list(string)
    mode        = "optional"
    replace     = true
    description = "Prefix list ids."
  }
  attribute "protocol" {
    type        = string
    mode        = "required"
    replace     = true
    equivalence = "protocol"
    description = "Protocol."
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
  attribute "self" {
    type        = bool
    mode        = "optional"
    default     = false
    replace     = true
    description = "Whether the group itself is a source."
  }
  attribute "source_security_group_id" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Source or destination security group."
  }
  attribute "to_port" {
    type        = number
    mode        = "required"
    replace     = true
    description = "Last port, or ICMP code. Difference ignored for protocol -1 when state has 0."
  }
  attribute "type" {
    type        = string
    mode        = "required"
    replace     = true
    values      = ["ingress", "egress"]
    description = "ingress or egress."
  }
}
