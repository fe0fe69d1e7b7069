resource "aws_instance" {
  description    = "An EC2 instance."
  version        = 2
  legacy         = true
  identity       = ["id"]
  import         = "instance id"
  timeouts       = { create = "10m", read = "15m", update = "10m", delete = "20m" }
  refine         = "instance"
  conflicts_with = [["user_data", "user_data_base64"], ["ipv6_addresses", "ipv6_address_count"], ["placement_group", "host_resource_group_arn"], ["volume_tags", "root_block_device.tags"]]
  actions = {
    create = ["ec2:RunInstances", "ec2:CreateTags", "ec2:DescribeImages", "ec2:ModifyInstanceAttribute", "iam:PassRole"]
    read   = ["ec2:DescribeInstances", "ec2:DescribeInstanceAttribute", "ec2:DescribeVolumes", "ec2:DescribeInstanceCreditSpecifications"]
    update = ["ec2:ModifyInstanceAttribute", "ec2:ModifyNetworkInterfaceAttribute", "ec2:ModifyInstanceMetadataOptions", "ec2:ModifyInstanceCreditSpecification", "ec2:ModifyInstanceMaintenanceOptions", "ec2:ModifyVolume", "ec2:DescribeVolumesModifications", "ec2:StopInstances", "ec2:StartInstances", "ec2:AssociateIamInstanceProfile", "ec2:ReplaceIamInstanceProfileAssociation", "ec2:DisassociateIamInstanceProfile", "ec2:DescribeIamInstanceProfileAssociations", "ec2:MonitorInstances", "ec2:UnmonitorInstances", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses", "iam:PassRole", "ec2:CreateTags", "ec2:DeleteTags"]
    delete = ["ec2:ModifyInstanceAttribute", "ec2:TerminateInstances"]
  }
  attribute "ami" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "AMI id to launch."
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the instance."
  }
  attribute "associate_public_ip_address" {
    type        = bool
    mode        = "optional+computed"
    replace     = true
    description = "Give the interface a public IPv4 address."
  }
  attribute "availability_zone" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Availability Zone name."
  }
  attribute "disable_api_stop" {
    type        = bool
    mode        = "optional+computed"
    description = "Protect the instance against stopping."
  }
  attribute "disable_api_termination" {
    type        = bool
    mode        = "optional+computed"
    description = "Protect the instance against termination."
  }
  attribute "ebs_optimized" {
    type        = bool
    mode        = "optional+computed"
    replace     = true
    description = "Dedicated EBS throughput."
  }
  attribute "enable_primary_ipv6" {
    type        = bool
    mode        = "optional+computed"
    replace     = true
    unread      = true
    description = "Make the first IPv6 address the primary one."
  }
  attribute "force_destroy" {
    type        = bool
    mode        = "optional"
    default     = false
    unread      = true
    description = "Also destroy what would block deletion."
  }
  attribute "get_password_data" {
    type        = bool
    mode        = "optional"
    default     = false
    unread      = true
    description = "Fetch the Windows password."
  }
  attribute "hibernation" {
    type        = bool
    mode        = "optional"
    replace     = true
    unread      = true
    description = "Whether hibernation is possible."
  }
  attribute "host_id" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    volatile    = true
    description = "Dedicated host id."
  }
  attribute "host_resource_group_arn" {
    type        = string
    mode        = "optional+computed"
    unread      = true
    description = "Host resource group."
  }
  attribute "iam_instance_profile" {
    type        = string
    mode        = "optional+computed"
    description = "Instance profile."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the instance."
  }
  attribute "instance_initiated_shutdown_behavior" {
    type        = string
    mode        = "optional+computed"
    description = "stop or terminate."
  }
  attribute "instance_lifecycle" {
    type        = string
    mode        = "computed"
    description = "spot, scheduled or capacity-block."
  }
  attribute "instance_state" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "State, such as running."
  }
  attribute "instance_type" {
    type        = string
    mode        = "optional+computed"
    description = "Instance type."
  }
  attribute "ipv6_address_count" {
    type        = number
    mode        = "optional+computed"
    description = "Number of IPv6 addresses to assign."
  }
  attribute "ipv6_addresses" {
    type        = list(string)
    mode        = "optional+computed"
    replace     = true
    description = "IPv6 addresses."
  }
  attribute "key_name" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Key pair name."
  }
  attribute "monitoring" {
    type        = bool
    mode        = "optional+computed"
    description = "Detailed monitoring."
  }
  attribute "outpost_arn" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "Outpost ARN."
  }
  attribute "password_data" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "Encrypted Windows password."
  }
  attribute "placement_group" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Placement group name."
  }
  attribute "placement_group_id" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Placement group id."
  }
  attribute "placement_partition_number" {
    type        = number
    mode        = "optional+computed"
    replace     = true
    description = "Partition of the placement group."
  }
  attribute "primary_network_interface_id" {
    type        = string
    mode        = "computed"
    description = "Id of the primary interface."
  }
  attribute "private_dns" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "Private DNS name."
  }
  attribute "private_ip" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Private IPv4 address."
  }
  attribute "public_dns" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "Public DNS name."
  }
  attribute "public_ip" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "Public address."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "secondary_private_ips" {
    type        = set(string)
    mode        = "optional+computed"
    description = "Secondary private addresses."
  }
  attribute "security_groups" {
    type        = set(string)
    mode        = "optional+computed"
    replace     = true
    deprecated  = "use vpc_security_group_ids"
    description = "Security groups."
  }
  attribute "source_dest_check" {
    type        = bool
    mode        = "optional"
    default     = true
    description = "Check source and destination of traffic. Difference ignored with network_interface."
  }
  attribute "spot_instance_request_id" {
    type        = string
    mode        = "computed"
    description = "Spot request id."
  }
  attribute "subnet_id" {
    type        = string
    mode        = "optional+computed"
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
    mode        = "optional+computed"
    description = "Tags including provider default_tags."
  }
  attribute "tenancy" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "default, dedicated or host. Known values: default, dedicated, host."
  }
  attribute "user_data" {
    type         = string
    mode         = "optional"
    replace_when = "user_data_replace_on_change"
    description  = "User data in plain text."
  }
  attribute "user_data_base64" {
    type         = string
    mode         = "optional+computed"
    replace_when = "user_data_replace_on_change"
    description  = "User data as Base64."
  }
  attribute "user_data_replace_on_change" {
    type        = bool
    mode        = "optional"
    default     = false
    unread      = true
    description = "Replace the instance when user data changes."
  }
  attribute "volume_tags" {
    type        = map(string)
    mode        = "optional"
    unread      = true
    description = "Tags for volumes made at launch."
  }
  attribute "vpc_security_group_ids" {
    type        = set(string)
    mode        = "optional+computed"
    description = "Security group ids."
  }
  block "capacity_reservation_specification" {
    nesting     = "list"
    max         = 1
    computed    = true
    description = "Capacity reservation to target."
    attribute "capacity_reservation_preference" {
      type        = string
      mode        = "optional"
      description = "open, none or capacity-reservations-only. AWS default: open."
    }
    block "capacity_reservation_target" {
      nesting     = "list"
      max         = 1
      description = "Reservation or group to use."
      attribute "capacity_reservation_id" {
        type        = string
        mode        = "optional"
        description = "Capacity reservation to run in."
      }
      attribute "capacity_reservation_resource_group_arn" {
        type        = string
        mode        = "optional"
        description = "Resource group of capacity reservations."
      }
    }
  }
  block "cpu_options" {
    nesting     = "list"
    max         = 1
    computed    = true
    description = "Core count, threads and cpu features."
    attribute "amd_sev_snp" {
      type        = string
      mode        = "optional+computed"
      replace     = true
      values      = ["enabled", "disabled"]
      description = "AMD SEV-SNP: enabled or disabled. Difference unset to disabled ignored."
    }
    attribute "core_count" {
      type        = number
      mode        = "optional+computed"
      replace     = true
      description = "Number of CPU cores."
    }
    attribute "nested_virtualization" {
      type        = string
      mode        = "optional+computed"
      description = "Nested virtualisation: enabled or disabled. Known values: enabled, disabled."
    }
    attribute "threads_per_core" {
      type        = number
      mode        = "optional+computed"
      replace     = true
      description = "Threads per core."
    }
  }
  block "credit_specification" {
    nesting          = "list"
    max              = 1
    keep_when_absent = true
    description      = "Cpu credits of burstable instances."
    attribute "cpu_credits" {
      type             = string
      mode             = "optional"
      keep_when_absent = true
      description      = "Credit option: standard or unlimited. Known values: standard, unlimited."
    }
  }
  block "ebs_block_device" {
    nesting     = "set"
    computed    = true
    description = "Ebs volumes besides the root volume."
    attribute "delete_on_termination" {
      type        = bool
      mode        = "optional"
      default     = true
      replace     = true
      description = "Delete together with the instance."
    }
    attribute "device_name" {
      type        = string
      mode        = "required"
      replace     = true
      description = "Device name."
    }
    attribute "encrypted" {
      type        = bool
      mode        = "optional+computed"
      replace     = true
      description = "Whether the volume is encrypted. AWS default: false."
    }
    attribute "iops" {
      type        = number
      mode        = "optional+computed"
      replace     = true
      description = "Provisioned I/O operations per second. Difference 0 ignored unless io1, io2, gp3."
    }
    attribute "kms_key_id" {
      type        = string
      mode        = "optional+computed"
      replace     = true
      description = "KMS key id or ARN."
    }
    attribute "snapshot_id" {
      type        = string
      mode        = "optional+computed"
      replace     = true
      description = "Snapshot id."
    }
    attribute "tags" {
      type        = map(string)
      mode        = "optional"
      description = "Tags of the ebs block device."
    }
    attribute "tags_all" {
      type        = map(string)
      mode        = "optional+computed"
      description = "Tags including provider default_tags."
    }
    attribute "throughput" {
      type        = number
      mode        = "optional+computed"
      replace     = true
      description = "Throughput in MiB/s. Difference 0 ignored unless gp3."
    }
    attribute "volume_id" {
      type        = string
      mode        = "computed"
      description = "Volume id."
    }
    attribute "volume_size" {
      type        = number
      mode        = "optional+computed"
      replace     = true
      description = "Size in GiB."
    }
    attribute "volume_type" {
      type        = string
      mode        = "optional+computed"
      replace     = true
      values      = ["standard", "gp2", "gp3", "io1", "io2", "sc1", "st1"]
      description = "EBS volume type. AWS default: gp2."
    }
  }
  block "enclave_options" {
    nesting     = "list"
    max         = 1
    computed    = true
    description = "Nitro enclaves."
    attribute "enabled" {
      type        = bool
      mode        = "optional+computed"
      replace     = true
      description = "Whether on: enclave options. AWS default: false."
    }
  }
  block "ephemeral_block_device" {
    nesting     = "set"
    computed    = true
    replace     = true
    description = "Instance store volumes."
    attribute "device_name" {
      type        = string
      mode        = "required"
      replace     = true
      description = "Device name."
    }
    attribute "no_device" {
      type        = bool
      mode        = "optional"
      replace     = true
      description = "Suppress the device of the image."
    }
    attribute "virtual_name" {
      type        = string
      mode        = "optional"
      replace     = true
      description = "Instance store name, such as ephemeral0."
    }
  }
  block "instance_market_options" {
    nesting     = "list"
    max         = 1
    computed    = true
    replace     = true
    description = "Purchase option."
    attribute "market_type" {
      type        = string
      mode        = "optional+computed"
      replace     = true
      description = "spot or capacity-block. Known values: spot, capacity-block, interruptible-capacity-reservation. AWS default: spot."
    }
    block "spot_options" {
      nesting     = "list"
      max         = 1
      computed    = true
      replace     = true
      description = "Spot options."
      attribute "instance_interruption_behavior" {
        type        = string
        mode        = "optional+computed"
        replace     = true
        description = "hibernate, stop or terminate. Known values: hibernate, stop, terminate. AWS default: terminate."
      }
      attribute "max_price" {
        type        = string
        mode        = "optional+computed"
        replace     = true
        description = "Highest hourly Spot price."
      }
      attribute "spot_instance_type" {
        type        = string
        mode        = "optional+computed"
        replace     = true
        description = "one-time or persistent. Known values: one-time, persistent. AWS default: one-time."
      }
      attribute "valid_until" {
        type        = string
        mode        = "optional+computed"
        replace     = true
        description = "End of the Spot request."
      }
    }
  }
  block "launch_template" {
    nesting     = "list"
    max         = 1
    replace     = true
    description = "Launch template."
    attribute "id" {
      type        = string
      mode        = "optional+computed"
      replace     = true
      description = "Id of the launch template."
    }
    attribute "name" {
      type        = string
      mode        = "optional+computed"
      replace     = true
      description = "Name of the launch template."
    }
    attribute "version" {
      type        = string
      mode        = "optional"
      default     = "$Default"
      description = "Version of the launch template."
    }
  }
  block "maintenance_options" {
    nesting     = "list"
    max         = 1
    computed    = true
    description = "Automatic recovery."
    attribute "auto_recovery" {
      type        = string
      mode        = "optional+computed"
      description = "Simplified automatic recovery: default or disabled."
    }
  }
  block "metadata_options" {
    nesting     = "list"
    max         = 1
    computed    = true
    description = "Instance metadata service."
    attribute "http_endpoint" {
      type        = string
      mode        = "optional"
      default     = "enabled"
      values      = ["enabled", "disabled"]
      description = "Metadata service: enabled or disabled."
    }
    attribute "http_protocol_ipv6" {
      type        = string
      mode        = "optional"
      default     = "disabled"
      values      = ["enabled", "disabled"]
      description = "Metadata over IPv6: enabled or disabled."
    }
    attribute "http_put_response_hop_limit" {
      type        = number
      mode        = "optional+computed"
      description = "Hop limit of metadata answers, 1 to 64. AWS default: 1."
    }
    attribute "http_tokens" {
      type        = string
      mode        = "optional+computed"
      values      = ["optional", "required"]
      description = "IMDSv2 tokens: optional or required."
    }
    attribute "instance_metadata_tags" {
      type        = string
      mode        = "optional+computed"
      values      = ["enabled", "disabled"]
      description = "Tags in metadata: enabled or disabled. AWS default: disabled."
    }
  }
  block "network_interface" {
    nesting     = "set"
    computed    = true
    deprecated  = "use primary_network_interface"
    description = "Network interface."
    attribute "delete_on_termination" {
      type        = bool
      mode        = "optional"
      default     = false
      replace     = true
      description = "Delete together with the instance."
    }
    attribute "device_index" {
      type        = number
      mode        = "required"
      replace     = true
      description = "Position of the interface on the instance."
    }
    attribute "network_card_index" {
      type        = number
      mode        = "optional"
      default     = 0
      replace     = true
      description = "Index of the network card."
    }
    attribute "network_interface_id" {
      type        = string
      mode        = "required"
      replace     = true
      description = "Network interface id."
    }
  }
  block "primary_network_interface" {
    nesting     = "list"
    max         = 1
    computed    = true
    replace     = true
    description = "Existing interface as primary."
    attribute "delete_on_termination" {
      type        = bool
      mode        = "computed"
      description = "Delete together with the instance."
    }
    attribute "network_interface_id" {
      type        = string
      mode        = "required"
      replace     = true
      description = "Network interface id."
    }
  }
  block "private_dns_name_options" {
    nesting     = "list"
    max         = 1
    computed    = true
    replace     = true
    description = "Dns host name options."
    attribute "enable_resource_name_dns_a_record" {
      type        = bool
      mode        = "optional+computed"
      replace     = true
      description = "Answer A queries for the resource name."
    }
    attribute "enable_resource_name_dns_aaaa_record" {
      type        = bool
      mode        = "optional+computed"
      replace     = true
      description = "Answer AAAA queries for the resource name."
    }
    attribute "hostname_type" {
      type        = string
      mode        = "optional+computed"
      replace     = true
      values      = ["ip-name", "resource-name"]
      description = "ip-name or resource-name."
    }
  }
  block "root_block_device" {
    nesting     = "list"
    max         = 1
    computed    = true
    description = "Root volume."
    attribute "delete_on_termination" {
      type        = bool
      mode        = "optional"
      default     = true
      description = "Delete together with the instance."
    }
    attribute "device_name" {
      type        = string
      mode        = "computed"
      description = "Device name."
    }
    attribute "encrypted" {
      type        = bool
      mode        = "optional+computed"
      replace     = true
      description = "Whether the volume is encrypted. AWS default: false."
    }
    attribute "iops" {
      type        = number
      mode        = "optional+computed"
      description = "Provisioned I/O operations per second. Difference 0 ignored unless io1, io2, gp3."
    }
    attribute "kms_key_id" {
      type        = string
      mode        = "optional+computed"
      replace     = true
      description = "KMS key id or ARN."
    }
    attribute "tags" {
      type        = map(string)
      mode        = "optional"
      description = "Tags of the root block device."
    }
    attribute "tags_all" {
      type        = map(string)
      mode        = "optional+computed"
      description = "Tags including provider default_tags."
    }
    attribute "throughput" {
      type        = number
      mode        = "optional+computed"
      description = "Throughput in MiB/s. Difference 0 ignored unless gp3."
    }
    attribute "volume_id" {
      type        = string
      mode        = "computed"
      description = "Volume id."
    }
    attribute "volume_size" {
      type        = number
      mode        = "optional+computed"
      description = "Size in GiB."
    }
    attribute "volume_type" {
      type        = string
      mode        = "optional+computed"
      values      = ["standard", "gp2", "gp3", "io1", "io2", "sc1", "st1"]
      description = "EBS volume type."
    }
  }
  block "secondary_network_interface" {
    nesting     = "set"
    computed    = true
    replace     = true
    description = "Secondary network interface."
    attribute "delete_on_termination" {
      type        = bool
      mode        = "optional"
      replace     = true
      description = "Delete together with the instance. AWS default: true."
    }
    attribute "device_index" {
      type        = number
      mode        = "optional"
      replace     = true
      description = "Position of the interface on the instance. AWS default: 0."
    }
    attribute "interface_type" {
      type        = string
      mode        = "optional"
      replace     = true
      description = "Kind of network interface. AWS default: secondary."
    }
    attribute "mac_address" {
      type        = string
      mode        = "computed"
      description = "MAC address."
    }
    attribute "network_card_index" {
      type        = number
      mode        = "required"
      replace     = true
      description = "Index of the network card."
    }
    attribute "private_ip_address_count" {
      type        = number
      mode        = "optional"
      replace     = true
      description = "Number of private addresses. AWS default: 1."
    }
    attribute "private_ip_addresses" {
      type        = list(string)
      mode        = "computed"
      description = "Private addresses."
    }
    attribute "secondary_interface_id" {
      type        = string
      mode        = "computed"
      description = "Id of the secondary interface."
    }
    attribute "secondary_network_id" {
      type        = string
      mode        = "computed"
      description = "Secondary network id."
    }
    attribute "secondary_subnet_id" {
      type        = string
      mode        = "required"
      replace     = true
      description = "Secondary subnet id."
    }
    attribute "source_dest_check" {
      type        = bool
      mode        = "computed"
      description = "Check source and destination of traffic."
    }
    attribute "status" {
      type        = string
      mode        = "computed"
      description = "Status of the secondary network interface."
    }
  }
}
