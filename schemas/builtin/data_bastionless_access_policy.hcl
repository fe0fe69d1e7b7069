data "bastionless_access_policy" {
  description = "The least IAM policies for access to instances, compiled from who may reach what, by which method."
  refine      = "access_policy"
  actions     = { read = [] }
  attribute "account_id" {
    type        = string
    mode        = "required"
    description = "Account that the grants hold in."
  }
  attribute "attachment" {
    type        = string
    mode        = "optional"
    values      = ["managed", "inline-user", "inline-group", "inline-role", "session"]
    description = "What the users' policies become, which limits their size: `managed` (the default), `inline-user`, `inline-group`, `inline-role` or `session`."
  }
  attribute "control_plane_policy" {
    type        = string
    mode        = "computed"
    description = "Policy for those who build endpoints and session documents; null without a block `control_plane`."
  }
  attribute "deny_others" {
    type        = bool
    mode        = "optional"
    description = "Deny, for the actions that open a way to an instance, whatever no grant allows."
  }
  attribute "instance_policy" {
    type        = string
    mode        = "computed"
    description = "Policy for the role of the instances; null if the methods need nothing there."
  }
  attribute "json" {
    type        = string
    mode        = "computed"
    description = "The users' policy; null if the limits of size demand several."
  }
  attribute "partition" {
    type        = string
    mode        = "required"
    description = "Partition that the grants hold in, such as `aws`."
  }
  attribute "region" {
    type        = string
    mode        = "required"
    description = "Region that the grants hold in."
  }
  attribute "session_documents" {
    type        = map(string)
    mode        = "computed"
    description = "Contents of the session documents that limit ports and hosts, by name."
  }
  attribute "user_policies" {
    type        = list(string)
    mode        = "computed"
    description = "All of the users' policies, each to be attached."
  }
  block "control_plane" {
    nesting     = "list"
    max         = 1
    description = "What endpoints are built on; asks for `control_plane_policy`."
    attribute "security_groups" {
      type        = list(string)
      mode        = "optional"
      description = "Ids or ARNs of the endpoints' security groups."
    }
    attribute "subnets" {
      type        = list(string)
      mode        = "optional"
      description = "Ids or ARNs of the endpoints' subnets."
    }
  }
  block "grant" {
    nesting     = "list"
    min         = 1
    description = "A method, its targets and its limits; what is given must all hold."
    attribute "addresses" {
      type        = list(string)
      mode        = "optional"
      description = "Private addresses and ranges that a tunnel may lead to."
    }
    attribute "discovery" {
      type        = bool
      mode        = "optional"
      description = "Whether clients may look for instances, endpoints and sessions; true unless it is false."
    }
    attribute "documents" {
      type        = list(string)
      mode        = "optional"
      description = "Names or ARNs of session documents."
    }
    attribute "endpoint_tags" {
      type        = map(string)
      mode        = "optional"
      description = "Tags that the endpoint must have."
    }
    attribute "endpoints" {
      type        = list(string)
      mode        = "optional"
      description = "Ids or ARNs of EC2 Instance Connect endpoints."
    }
    attribute "except_addresses" {
      type        = list(string)
      mode        = "optional"
      description = "Addresses and ranges within `addresses` that are denied."
    }
    attribute "except_instances" {
      type        = list(string)
      mode        = "optional"
      description = "Ids or ARNs of instances that are denied although their tags are right."
    }
    attribute "hosts" {
      type        = list(string)
      mode        = "optional"
      description = "Hosts that a forwarded port may lead to."
    }
    attribute "instance_tags" {
      type        = map(string)
      mode        = "optional"
      description = "Tags that the instance must have."
    }
    attribute "instances" {
      type        = list(string)
      mode        = "optional"
      description = "Ids or ARNs of instances."
    }
    attribute "log_bucket_arns" {
      type        = list(string)
      mode        = "optional"
      description = "ARNs of buckets that sessions are logged to, each with its prefix."
    }
    attribute "log_bucket_key_arns" {
      type        = list(string)
      mode        = "optional"
      description = "ARNs of the keys that encrypt those buckets."
    }
    attribute "log_group_arns" {
      type        = list(string)
      mode        = "optional"
      description = "ARNs of log groups that sessions are logged to."
    }
    attribute "max_duration" {
      type        = number
      mode        = "optional"
      description = "The longest time of a tunnel, in seconds; 3600 unless given."
    }
    attribute "method" {
      type        = string
      mode        = "required"
      values      = ["eic-tunnel", "eic-ssh", "instance-connect", "ssm-shell", "ssm-ssh", "ssm-port-forward", "ssm-remote-port-forward"]
      description = "How the instance is reached."
    }
    attribute "mfa_max_age" {
      type        = number
      mode        = "optional"
      description = "How long ago multi-factor authentication may be, in seconds."
    }
    attribute "not_after" {
      type        = string
      mode        = "optional"
      description = "The grant ends at this time, as `2026-01-31T17:00:00Z`."
    }
    attribute "not_before" {
      type        = string
      mode        = "optional"
      description = "The grant begins at this time."
    }
    attribute "os_users" {
      type        = list(string)
      mode        = "optional"
      description = "Users of the operating system that a key may be pushed for."
    }
    attribute "own_sessions_only" {
      type        = bool
      mode        = "optional"
      description = "Whether users may end and resume only sessions of their own; true unless it is false."
    }
    attribute "ports" {
      type        = list(number)
      mode        = "optional"
      description = "Ports."
    }
    attribute "require_mfa" {
      type        = bool
      mode        = "optional"
      description = "Only with multi-factor authentication."
    }
    attribute "session_key_arns" {
      type        = list(string)
      mode        = "optional"
      description = "ARNs of the keys that encrypt shells."
    }
    attribute "source_ranges" {
      type        = list(string)
      mode        = "optional"
      description = "Public addresses and ranges that calls may come from."
    }
  }
}
