resource "aws_security_group" {
  description    = "A security group: a stateful firewall of network interfaces."
  version        = 1
  legacy         = true
  identity       = ["id"]
  import         = "sg id"
  timeouts       = { create = "10m", delete = "15m" }
  conflicts_with = [["name", "name_prefix"]]
  parent         = { type = "aws_vpc", by = "vpc_id" }
  refine         = "security_group"
  actions = {
    create = ["ec2:CreateSecurityGroup", "ec2:CreateTags", "ec2:RevokeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress"]
    read   = ["ec2:DescribeSecurityGroups"]
    update = ["ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress", "ec2:UpdateSecurityGroupRuleDescriptionsIngress", "ec2:UpdateSecurityGroupRuleDescriptionsEgress", "ec2:CreateTags", "ec2:DeleteTags"]
    delete = ["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress", "ec2:DeleteSecurityGroup"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the security group."
  }
  attribute "description" {
    type        = string
    mode        = "optional"
    default     = "Managed by Terraform"
    replace     = true
    description = "Description of the security group."
  }
  attribute "egress" {
    as_blocks   = "set"
    mode        = "optional+computed"
    description = "Outbound rules."
    attribute "cidr_blocks" {
      type        = list(string)
      mode        = "optional"
      format      = "ipv4_cidr"
      description = "IPv4 CIDR blocks."
    }
    attribute "description" {
      type        = string
      mode        = "optional"
      description = "Description of the egress."
    }
    attribute "from_port" {
      type        = number
      mode        = "required"
      description = "First port, or ICMP type."
    }
    attribute "ipv6_cidr_blocks" {
      type        = list(string)
      mode        = "optional"
      format      = "ipv6_cidr"
      description = "IPv6 CIDR blocks."
    }
    attribute "prefix_list_ids" {
      type        = list(string)
      mode        = "optional"
      description = "Prefix list ids."
    }
    attribute "protocol" {
      type        = string
      mode        = "required"
      equivalence = "protocol"
      description = "Protocol."
    }
    attribute "security_groups" {
      type        = set(string)
      mode        = "optional"
      description = "Security groups."
    }
    attribute "self" {
      type        = bool
      mode        = "optional"
      default     = false
      description = "Whether the group itself is a source."
    }
    attribute "to_port" {
      type        = number
      mode        = "required"
      description = "Last port, or ICMP code."
    }
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the security group."
  }
  attribute "ingress" {
    as_blocks   = "set"
    mode        = "optional+computed"
    description = "Inbound rules."
    attribute "cidr_blocks" {
      type        = list(string)
      mode        = "optional"
      format      = "ipv4_cidr"
      description = "IPv4 CIDR blocks."
    }
    attribute "description" {
      type        = string
      mode        = "optional"
      description = "Description of the ingress."
    }
    attribute "from_port" {
      type        = number
      mode        = "required"
      description = "First port, or ICMP type."
    }
    attribute "ipv6_cidr_blocks" {
      type        = list(string)
      mode        = "optional"
      format      = "ipv6_cidr"
      description = "IPv6 CIDR blocks."
    }
    attribute "prefix_list_ids" {
      type        = list(string)
      mode        = "optional"
      description = "Prefix list ids."
    }
    attribute "protocol" {
      type        = string
      mode        = "required"
      equivalence = "protocol"
      description = "Protocol."
    }
    attribute "security_groups" {
      type        = set(string)
      mode        = "optional"
      description = "Security groups."
    }
    attribute "self" {
      type        = bool
      mode        = "optional"
      default     = false
      description = "Whether the group itself is a source."
    }
    attribute "to_port" {
      type        = number
      mode        = "required"
      description = "Last port, or ICMP code."
    }
  }
  attribute "name" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Name of the security group."
  }
  attribute "name_prefix" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Prefix for a generated name."
  }
  attribute "owner_id" {
    type        = string
    mode        = "computed"
    description = "Account that owns the security group."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "revoke_rules_on_delete" {
    type        = bool
    mode        = "optional"
    default     = false
    unread      = true
    description = "Revoke all rules before deletion."
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
    replace     = true
    description = "VPC id."
  }
}
