resource "aws_iam_role" {
  description    = "An IAM role."
  version        = 0
  legacy         = true
  identity       = ["name"]
  import         = "role name"
  conflicts_with = [["name", "name_prefix"]]
  actions = {
    create = ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:TagRole"]
    read   = ["iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"]
    update = ["iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:TagRole", "iam:UntagRole"]
    delete = ["iam:ListInstanceProfilesForRole", "iam:RemoveRoleFromInstanceProfile", "iam:ListAttachedRolePolicies", "iam:DetachRolePolicy", "iam:ListRolePolicies", "iam:DeleteRolePolicy", "iam:DeleteRole"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the IAM role."
  }
  attribute "assume_role_policy" {
    type        = string
    mode        = "required"
    equivalence = "iam_policy"
    description = "Trust policy JSON."
  }
  attribute "create_date" {
    type        = string
    mode        = "computed"
    description = "Creation time."
  }
  attribute "description" {
    type        = string
    mode        = "optional"
    description = "Description of the IAM role."
  }
  attribute "force_detach_policies" {
    type        = bool
    mode        = "optional"
    default     = false
    unread      = true
    description = "Detach policies before destroying."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the IAM role."
  }
  attribute "managed_policy_arns" {
    type        = set(string)
    mode        = "optional+computed"
    deprecated  = "use aws_iam_role_policy_attachment (or aws_iam_role_policy_attachments_exclusive)"
    description = "Exclusive managed policies (deprecated)."
  }
  attribute "max_session_duration" {
    type        = number
    mode        = "optional"
    default     = 3600
    range       = [3600, 43200]
    description = "Seconds a session may last."
  }
  attribute "name" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Name of the IAM role."
  }
  attribute "name_prefix" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Prefix for a generated name."
  }
  attribute "path" {
    type        = string
    mode        = "optional"
    default     = "/"
    replace     = true
    description = "Path."
  }
  attribute "permissions_boundary" {
    type        = string
    mode        = "optional"
    description = "Policy ARN that bounds permissions."
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
  attribute "unique_id" {
    type        = string
    mode        = "computed"
    description = "Stable unique id."
  }
  block "inline_policy" {
    nesting     = "set"
    computed    = true
    deprecated  = "use aws_iam_role_policy (or aws_iam_role_policies_exclusive)"
    description = "Inline policy (deprecated)."
    attribute "name" {
      type        = string
      mode        = "optional"
      description = "Name of the inline policy."
    }
    attribute "policy" {
      type        = string
      mode        = "optional"
      equivalence = "iam_policy"
      description = "Policy JSON."
    }
  }
}
