resource "aws_route_table" {
  description = "A route table of a VPC."
  version     = 0
  legacy      = true
  identity    = ["id"]
  import      = "rtb id"
  timeouts    = { create = "5m", update = "2m", delete = "5m" }
  parent      = { type = "aws_vpc", by = "vpc_id" }
  refine      = "route_table"
  actions = {
    create = ["ec2:CreateRouteTable", "ec2:CreateTags", "ec2:CreateRoute", "ec2:EnableVgwRoutePropagation"]
    read   = ["ec2:DescribeRouteTables"]
    update = ["ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:DeleteRoute", "ec2:EnableVgwRoutePropagation", "ec2:DisableVgwRoutePropagation", "ec2:CreateTags", "ec2:DeleteTags"]
    delete = ["ec2:DisassociateRouteTable", "ec2:DeleteRouteTable"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the route table."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the route table."
  }
  attribute "owner_id" {
    type        = string
    mode        = "computed"
    description = "Account that owns the route table."
  }
  attribute "propagating_vgws" {
    type        = set(string)
    mode        = "optional+computed"
    description = "Virtual gateways that propagate routes."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "route" {
    as_blocks   = "set"
    mode        = "optional+computed"
    description = "Routes of the table."
    attribute "carrier_gateway_id" {
      type        = string
      mode        = "optional"
      description = "Carrier gateway as target."
    }
    attribute "cidr_block" {
      type        = string
      mode        = "optional"
      format      = "ipv4_cidr"
      description = "IPv4 CIDR block."
    }
    attribute "core_network_arn" {
      type        = string
      mode        = "optional"
      description = "Cloud WAN core network as target."
    }
    attribute "destination_prefix_list_id" {
      type        = string
      mode        = "optional"
      description = "Prefix list destination."
    }
    attribute "egress_only_gateway_id" {
      type        = string
      mode        = "optional"
      description = "Egress-only internet gateway as target."
    }
    attribute "gateway_id" {
      type        = string
      mode        = "optional"
      description = "Internet or virtual private gateway, or local."
    }
    attribute "ipv6_cidr_block" {
      type        = string
      mode        = "optional"
      format      = "ipv6_cidr"
      description = "IPv6 CIDR block."
    }
    attribute "local_gateway_id" {
      type        = string
      mode        = "optional"
      description = "Local gateway as target."
    }
    attribute "nat_gateway_id" {
      type        = string
      mode        = "optional"
      description = "NAT gateway as target."
    }
    attribute "network_interface_id" {
      type        = string
      mode        = "optional"
      description = "Network interface id."
    }
    attribute "odb_network_arn" {
      type        = string
      mode        = "optional"
      description = "Oracle Database network as target."
    }
    attribute "transit_gateway_id" {
      type        = string
      mode        = "optional"
      description = "Transit gateway."
    }
    attribute "vpc_endpoint_id" {
      type        = string
      mode        = "optional"
      description = "VPC endpoint id."
    }
    attribute "vpc_peering_connection_id" {
      type        = string
      mode        = "optional"
      description = "Peering connection as target."
    }
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
