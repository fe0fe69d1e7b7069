data "aws_ami" {
  description = "One machine image."
  legacy      = true
  timeouts    = { read = "20m" }
  actions     = { read = ["ec2:DescribeImages"] }
  attribute "allow_unsafe_filter" {
    type        = bool
    mode        = "optional"
    description = "Permit most_recent without an owner filter."
  }
  attribute "architecture" {
    type        = string
    mode        = "computed"
    description = "CPU architecture."
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the image."
  }
  attribute "block_device_mappings" {
    type        = set(object({ device_name = string, ebs = map(string), no_device = string, virtual_name = string }))
    mode        = "computed"
    description = "Block device mappings."
  }
  attribute "boot_mode" {
    type        = string
    mode        = "computed"
    description = "Boot mode of the image."
  }
  attribute "creation_date" {
    type        = string
    mode        = "computed"
    description = "Creation time."
  }
  attribute "deprecation_time" {
    type        = string
    mode        = "computed"
    description = "Time the image was deprecated."
  }
  attribute "description" {
    type        = string
    mode        = "computed"
    description = "Description of the image."
  }
  attribute "ena_support" {
    type        = bool
    mode        = "computed"
    description = "Whether the image supports ENA."
  }
  attribute "executable_users" {
    type        = list(string)
    mode        = "optional"
    description = "Accounts with launch permission to search for."
  }
  attribute "hypervisor" {
    type        = string
    mode        = "computed"
    description = "Hypervisor of the image."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the image."
  }
  attribute "image_id" {
    type        = string
    mode        = "computed"
    description = "AMI id."
  }
  attribute "image_location" {
    type        = string
    mode        = "computed"
    description = "Location of the image."
  }
  attribute "image_owner_alias" {
    type        = string
    mode        = "computed"
    description = "Owner alias, such as amazon."
  }
  attribute "image_type" {
    type        = string
    mode        = "computed"
    description = "Type of image."
  }
  attribute "imds_support" {
    type        = string
    mode        = "computed"
    description = "Metadata version the image asks for."
  }
  attribute "include_deprecated" {
    type        = bool
    mode        = "optional"
    description = "Also return deprecated images."
  }
  attribute "kernel_id" {
    type        = string
    mode        = "computed"
    description = "Kernel id."
  }
  attribute "last_launched_time" {
    type        = string
    mode        = "computed"
    description = "Last launch of the image."
  }
  attribute "most_recent" {
    type        = bool
    mode        = "optional"
    description = "Take the newest match."
  }
  attribute "name" {
    type        = string
    mode        = "computed"
    description = "Name of the image."
  }
  attribute "name_regex" {
    type        = string
    mode        = "optional"
    description = "Regular expression on names."
  }
  attribute "owner_id" {
    type        = string
    mode        = "computed"
    description = "Account that owns the image."
  }
  attribute "owners" {
    type        = list(string)
    mode        = "optional"
    description = "Owners to search: account ids or aliases."
  }
  attribute "platform" {
    type        = string
    mode        = "computed"
    description = "Windows, or empty."
  }
  attribute "platform_details" {
    type        = string
    mode        = "computed"
    description = "Platform billing description."
  }
  attribute "product_codes" {
    type        = set(object({ product_code_id = string, product_code_type = string }))
    mode        = "computed"
    description = "Product codes of the image."
  }
  attribute "public" {
    type        = bool
    mode        = "computed"
    description = "Whether the image is public."
  }
  attribute "ramdisk_id" {
    type        = string
    mode        = "computed"
    description = "RAM disk id."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    description  = "Region of the resource; default from the provider."
  }
  attribute "root_device_name" {
    type        = string
    mode        = "computed"
    description = "Root device name."
  }
  attribute "root_device_type" {
    type        = string
    mode        = "computed"
    description = "ebs or instance-store."
  }
  attribute "root_snapshot_id" {
    type        = string
    mode        = "computed"
    description = "Snapshot of the root device."
  }
  attribute "sriov_net_support" {
    type        = string
    mode        = "computed"
    description = "Enhanced networking support."
  }
  attribute "state" {
    type        = string
    mode        = "computed"
    description = "State of the image."
  }
  attribute "state_reason" {
    type        = map(string)
    mode        = "computed"
    description = "Reason of the state."
  }
  attribute "tags" {
    type        = map(string)
    mode        = "optional+computed"
    description = "Tags to match and those found."
  }
  attribute "tpm_support" {
    type        = string
    mode        = "computed"
    description = "NitroTPM version."
  }
  attribute "uefi_data" {
    type        = string
    mode        = "optional"
    description = "UEFI variable store."
  }
  attribute "usage_operation" {
    type        = string
    mode        = "computed"
    description = "Billing operation."
  }
  attribute "virtualization_type" {
    type        = string
    mode        = "computed"
    description = "hvm or paravirtual."
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
