resource "aws_ec2_instance_connect_endpoint" {
  description = "An EC2 Instance Connect endpoint: a private way to instances of a VPC without public addresses and without bastion hosts."
  version     = 0
  identity    = ["id"]
  import      = "eice id"
  timeouts    = { create = "10m", delete = "10m" }
  parent      = { type = "aws_subnet", by = "subnet_id" }
  actions = {
    create = ["ec2:CreateInstanceConnectEndpoint", "ec2:CreateNetworkInterface", "ec2:CreateTags", "iam:CreateServiceLinkedRole"]
    read   = ["ec2:DescribeInstanceConnectEndpoints"]
    update = ["ec2:ModifyInstanceConnectEndpoint", "ec2:CreateTags", "ec2:DeleteTags"]
    delete = ["ec2:DeleteInstanceConnectEndpoint"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the endpoint."
  }
  attribute "availability_zone" {
    type        = string
    mode        = "computed"
    description = "Availability Zone name."
  }
  attribute "dns_name" {
    type        = string
    mode        = "computed"
    description = "DNS name."
  }
  attribute "fips_dns_name" {
    type        = string
    mode        = "computed"
    description = "FIPS DNS name."
  }
  attribute "id" {
    type        = string
    mode        = "computed"
    description = "Id of the endpoint."
  }
  attribute "ip_address_type" {
    type        = string
    mode        = "optional+computed"
    values      = ["ipv4", "ipv6", "dualstack"]
    description = "ipv4, ipv6 or dualstack. Changes in place, where Terraform replaces."
  }
  attribute "network_interface_ids" {
    type        = list(string)
    mode        = "computed"
    volatile    = true
    description = "Network interface ids."
  }
  attribute "owner_id" {
    type        = string
    mode        = "computed"
    description = "Account that owns the endpoint."
  }
  attribute "preserve_client_ip" {
    type        = bool
    mode        = "optional+computed"
    default     = true
    description = "Keep the client address as source. Changes in place, where Terraform replaces."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "security_group_ids" {
    type        = set(string)
    mode        = "optional+computed"
    description = "Security group ids. Changes in place, where Terraform replaces."
  }
  attribute "subnet_id" {
    type        = string
    mode        = "required"
    replace     = true
    description = "Subnet id."
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
  attribute "vpc_id" {
    type        = string
    mode        = "computed"
    description = "VPC id."
  }
}
