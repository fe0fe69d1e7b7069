data "aws_vpc_endpoint_service" {
  description = "A service that VPC endpoints reach."
  legacy      = true
  timeouts    = { read = "20m" }
  actions     = { read = ["ec2:DescribeVpcEndpointServices"] }
  attribute "acceptance_required" {
    type        = bool
    mode        = "computed"
    description = "Whether the service owner must accept endpoint requests."
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the VPC endpoint service."
  }
  attribute "availability_zones" {
    type        = set(string)
    mode        = "computed"
    description = "Availability Zone names."
  }
  attribute "base_endpoint_dns_names" {
    type        = set(string)
    mode        = "computed"
    description = "DNS names of the service."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the VPC endpoint service."
  }
  attribute "manages_vpc_endpoints" {
    type        = bool
    mode        = "computed"
    description = "Whether the service manages its endpoints."
  }
  attribute "owner" {
    type        = string
    mode        = "computed"
    description = "Owner."
  }
  attribute "private_dns_name" {
    type        = string
    mode        = "computed"
    description = "Private DNS name."
  }
  attribute "private_dns_names" {
    type        = set(string)
    mode        = "computed"
    description = "Private DNS names."
  }
  attribute "region" {
    type         = string
    mode         = "computed"
    default_from = "provider_region"
    deprecated   = "use service_region"
    description  = "Region of the resource; default from the provider."
  }
  attribute "service" {
    type        = string
    mode        = "optional"
    description = "Service name."
  }
  attribute "service_id" {
    type        = string
    mode        = "computed"
    description = "Service id."
  }
  attribute "service_name" {
    type        = string
    mode        = "optional+computed"
    description = "Service name."
  }
  attribute "service_region" {
    type        = string
    mode        = "computed"
    description = "Region of the endpoint service."
  }
  attribute "service_regions" {
    type        = set(string)
    mode        = "optional"
    description = "Regions of the service."
  }
  attribute "service_type" {
    type        = string
    mode        = "optional+computed"
    description = "Gateway or Interface."
  }
  attribute "supported_ip_address_types" {
    type        = set(string)
    mode        = "computed"
    description = "Address types the service supports."
  }
  attribute "tags" {
    type        = map(string)
    mode        = "optional+computed"
    description = "Tags to match and those found."
  }
  attribute "vpc_endpoint_policy_supported" {
    type        = bool
    mode        = "computed"
    description = "Whether endpoint policies are supported."
  }
  block "filter" {
    nesting     = "set"
    description = "Filter."
    attribute "name" {
      type        = string
      mode        = "required"
      description = "Name of the filter."
    }
    attribute "values" {
      type        = set(string)
      mode        = "required"
      description = "Values of the filter."
    }
  }
}
