data "aws_availability_zones" {
  description = "Availability Zones of a region."
  legacy      = true
  timeouts    = { read = "20m" }
  actions     = { read = ["ec2:DescribeAvailabilityZones"] }
  attribute "all_availability_zones" {
    type        = bool
    mode        = "optional"
    description = "Include zones whatever the opt-in status."
  }
  attribute "exclude_names" {
    type        = set(string)
    mode        = "optional"
    description = "Zone names left out."
  }
  attribute "exclude_zone_ids" {
    type        = set(string)
    mode        = "optional"
    description = "Zone ids left out."
  }
  attribute "group_names" {
    type        = set(string)
    mode        = "computed"
    description = "Zone group names."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the availability zones."
  }
  attribute "names" {
    type        = list(string)
    mode        = "computed"
    description = "Names found."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    description  = "Region of the resource; default from the provider."
  }
  attribute "state" {
    type        = string
    mode        = "optional"
    description = "Wanted zone state."
  }
  attribute "zone_ids" {
    type        = list(string)
    mode        = "computed"
    description = "Zone ids."
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
