resource "aws_route" {
  description = "One route of a route table."
  version     = 0
  legacy      = true
  identity    = ["route_table_id", "destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"]
  import      = "ROUTETABLEID_DESTINATION"
  timeouts    = { create = "5m", update = "2m", delete = "5m" }
  exactly_one = [["destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"], ["carrier_gateway_id", "core_network_arn", "egress_only_gateway_id", "gateway_id", "local_gateway_id", "nat_gateway_id", "network_interface_id", "odb_network_arn", "transit_gateway_id", "vpc_endpoint_id", "vpc_peering_connection_id"]]
  parent      = { type = "aws_route_table", by = "route_table_id" }
  actions = {
    create = ["ec2:CreateRoute"]
    read   = ["ec2:DescribeRouteTables"]
    update = ["ec2:ReplaceRoute"]
    delete = ["ec2:DeleteRoute"]
  }
  attribute "carrier_gateway_id" {
    type        = string
    mode        = "optional"
    description = "Carrier gateway as target."
  }
  attribute "core_network_arn" {
    type        = string
    mode        = "optional"
    description = "Cloud WAN core network as target."
  }
  attribute "destination_cidr_block" {
    type        = string
    mode        = "optional"
    format      = "ipv4_cidr"
    replace     = true
    description = "IPv4 destination."
  }
  attribute "destination_ipv6_cidr_block" {
    type        = string
    mode        = "optional"
    format      = "ipv6_cidr"
    replace     = true
    equivalence = "cidr"
    description = "IPv6 destination."
  }
  attribute "destination_prefix_list_id" {
    type        = string
    mode        = "optional"
    replace     = true
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
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the route."
  }
  attribute "instance_id" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "Instance id."
  }
  attribute "instance_owner_id" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "Owner of the target instance."
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
    mode        = "optional+computed"
    description = "Network interface id."
  }
  attribute "odb_network_arn" {
    type        = string
    mode        = "optional"
    description = "Oracle Database network as target."
  }
  attribute "origin" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "Where it came from."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "route_table_id" {
    type        = string
    mode        = "required"
    replace     = true
    description = "Route table id."
  }
  attribute "state" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "State of the route."
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
