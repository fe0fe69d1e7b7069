resource "aws_vpc_endpoint" {
  description = "A VPC endpoint: private access from a VPC to a service."
  version     = 0
  legacy      = true
  identity    = ["id"]
  import      = "vpce id"
  timeouts    = { create = "10m", update = "10m", delete = "10m" }
  exactly_one = [["service_name", "resource_configuration_arn", "service_network_arn"]]
  parent      = { type = "aws_vpc", by = "vpc_id" }
  refine      = "vpc_endpoint"
  actions = {
    create = ["ec2:CreateVpcEndpoint", "ec2:CreateTags", "ec2:AcceptVpcEndpointConnections", "ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "route53:AssociateVPCWithHostedZone"]
    read   = ["ec2:DescribeVpcEndpoints", "ec2:DescribePrefixLists"]
    update = ["ec2:ModifyVpcEndpoint", "ec2:CreateTags", "ec2:DeleteTags"]
    delete = ["ec2:DeleteVpcEndpoints"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the VPC endpoint."
  }
  attribute "auto_accept" {
    type        = bool
    mode        = "optional"
    unread      = true
    description = "Accept the endpoint when in the same account."
  }
  attribute "cidr_blocks" {
    type        = list(string)
    mode        = "computed"
    volatile    = true
    description = "IPv4 CIDR blocks."
  }
  attribute "dns_entry" {
    type        = list(object({ dns_name = string, hosted_zone_id = string }))
    mode        = "computed"
    volatile    = true
    description = "DNS names of the endpoint."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the VPC endpoint."
  }
  attribute "ip_address_type" {
    type        = string
    mode        = "optional+computed"
    equivalence = "case"
    description = "ipv4, ipv6 or dualstack. Known values: ipv4, dualstack, ipv6."
  }
  attribute "network_interface_ids" {
    type        = set(string)
    mode        = "computed"
    volatile    = true
    description = "Network interface ids."
  }
  attribute "owner_id" {
    type        = string
    mode        = "computed"
    description = "Account that owns the VPC endpoint."
  }
  attribute "policy" {
    type        = string
    mode        = "optional+computed"
    equivalence = "iam_policy"
    description = "Policy JSON."
  }
  attribute "prefix_list_id" {
    type        = string
    mode        = "computed"
    description = "Prefix list id."
  }
  attribute "private_dns_enabled" {
    type         = bool
    mode         = "optional+computed"
    replace_when = "not_interface"
    description  = "Use private DNS for the service. AWS default: false."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "requester_managed" {
    type        = bool
    mode        = "computed"
    volatile    = true
    description = "Whether an AWS service manages it."
  }
  attribute "resource_configuration_arn" {
    type        = string
    mode        = "optional"
    replace     = true
    description = "VPC Lattice resource configuration."
  }
  attribute "route_table_ids" {
    type        = set(string)
    mode        = "optional+computed"
    description = "Route table ids."
  }
  attribute "security_group_ids" {
    type        = set(string)
    mode        = "optional+computed"
    description = "Security group ids."
  }
  attribute "service_name" {
    type        = string
    mode        = "optional"
    replace     = true
    description = "Service name."
  }
  attribute "service_network_arn" {
    type        = string
    mode        = "optional"
    replace     = true
    description = "VPC Lattice service network."
  }
  attribute "service_region" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Region of the endpoint service."
  }
  attribute "state" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "State of the VPC endpoint."
  }
  attribute "subnet_ids" {
    type        = set(string)
    mode        = "optional+computed"
    description = "Subnet ids."
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
  attribute "vpc_endpoint_type" {
    type        = string
    mode        = "optional"
    default     = "Gateway"
    replace     = true
    description = "Gateway, Interface, GatewayLoadBalancer, Resource or ServiceNetwork."
  }
  attribute "vpc_id" {
    type        = string
    mode        = "required"
    replace     = true
    description = "VPC id."
  }
  block "dns_options" {
    nesting          = "list"
    max              = 1
    computed         = true
    keep_when_absent = true
    description      = "Dns settings of the endpoint."
    attribute "dns_record_ip_type" {
      type        = string
      mode        = "optional+computed"
      description = "ipv4, dualstack, ipv6 or service-defined. Known values: ipv4, dualstack, service-defined, ipv6."
    }
    attribute "private_dns_only_for_inbound_resolver_endpoint" {
      type        = bool
      mode        = "optional"
      description = "Private DNS only through inbound resolver endpoints. AWS default: false."
    }
    attribute "private_dns_preference" {
      type        = string
      mode        = "optional+computed"
      replace     = true
      description = "Which private domains get a hosted zone. Known values: ALL_DOMAINS, VERIFIED_DOMAINS_ONLY, VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS, SPECIFIED_DOMAINS_ONLY."
    }
    attribute "private_dns_specified_domains" {
      type        = set(string)
      mode        = "optional+computed"
      replace     = true
      description = "Private domains to host."
    }
  }
  block "subnet_configuration" {
    nesting     = "set"
    computed    = true
    description = "Addresses per subnet."
    attribute "ipv4" {
      type        = string
      mode        = "optional"
      description = "IPv4 address."
    }
    attribute "ipv6" {
      type        = string
      mode        = "optional"
      description = "IPv6 address."
    }
    attribute "subnet_id" {
      type        = string
      mode        = "optional"
      description = "Subnet id."
    }
  }
}
