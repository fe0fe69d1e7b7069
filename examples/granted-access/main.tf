# Who may reach the instances, and nothing beside: policies compiled from grants. Needs no provider, no credentials.

variable "partition" {
  description = "Partition that the grants hold in"
  type        = string
  default     = "aws"
}

variable "region" {
  description = "Region that the grants hold in"
  type        = string
  default     = "eu-west-1"
}

variable "account_id" {
  description = "Account that the grants hold in"
  type        = string
  default     = "111122223333"
}

variable "office" {
  description = "Public addresses of the network that people work from"
  type        = list(string)
  default     = ["203.0.113.0/24"]
}

# SSH through an endpoint to the application servers, with a second factor, from the office.
data "bastionless_access_policy" "developers" {
  partition  = var.partition
  region     = var.region
  account_id = var.account_id

  grant {
    method        = "eic-ssh"
    endpoints     = ["eice-0123456789abcdef0"]
    addresses     = ["10.20.1.0/24"]
    instance_tags = { Access = "developers" }
    os_users      = ["ec2-user"]
    max_duration  = 1800
    require_mfa   = true
    source_ranges = var.office
  }
}

# A database behind the same servers, and only that: the session document limits host and port, which IAM cannot.
data "bastionless_access_policy" "analysts" {
  partition   = var.partition
  region      = var.region
  account_id  = var.account_id
  deny_others = true

  grant {
    method        = "ssm-remote-port-forward"
    instance_tags = { Access = "analysts" }
    documents     = ["analysts-database"]
    hosts         = ["db.example.internal"]
    ports         = [5432]
    require_mfa   = true
  }
}

output "developers" {
  description = "Policies to attach to the developers' role"
  value       = data.bastionless_access_policy.developers.user_policies
}

output "analysts" {
  description = "Policies to attach to the analysts' role"
  value       = data.bastionless_access_policy.analysts.user_policies
}

output "session_documents" {
  description = "Contents for aws_ssm_document, by name"
  value       = data.bastionless_access_policy.analysts.session_documents
}

output "instances" {
  description = "Policy for the role of the servers"
  value       = data.bastionless_access_policy.analysts.instance_policy
}
