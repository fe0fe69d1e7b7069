resource "aws_route_table_association" {
  description = "Which route table a subnet or a gateway uses."
  version     = 0
  legacy      = true
  identity    = ["id", "route_table_id"]
  import      = "subnet-or-gateway-id/rtb-id"
  timeouts    = { create = "5m", update = "2m", delete = "5m" }
  exactly_one = [["gateway_id", "subnet_id"]]
  parent      = { type = "aws_route_table", by = "route_table_id" }
  actions = {
    create = ["ec2:AssociateRouteTable"]
    read   = ["ec2:DescribeRouteTables"]
    update = ["ec2:ReplaceRouteTableAssociation", "ec2:AssociateRouteTable"]
    delete = ["ec2:DisassociateRouteTable"]
  }
  attribute "gateway_id" {
    type        = string
    mode        = "optional"
    replace     = true
    description = "Internet or virtual private gateway, or local."
  }
  attribute "id" {
    type                 = string
    mode                 = "optional+computed"
    unknown_when_changed = ["route_table_id"]
    description          = "Id of the route table association."
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
    description = "Route table id."
  }
  attribute "subnet_id" {
    type        = string
    mode        = "optional"
    replace     = true
    description = "Subnet id."
  }
}
