resource "aws_iam_policy" {
  description    = "A managed IAM policy."
  version        = 0
  legacy         = true
  identity       = ["id"]
  import         = "policy ARN"
  conflicts_with = [["name", "name_prefix"]]
  actions = {
    create = ["iam:CreatePolicy", "iam:TagPolicy"]
    read   = ["iam:GetPolicy", "iam:GetPolicyVersion"]
    update = ["iam:ListPolicyVersions", "iam:DeletePolicyVersion", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:TagPolicy", "iam:UntagPolicy"]
    delete = ["iam:ListPolicyVersions", "iam:DeletePolicyVersion", "iam:DeletePolicy"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the IAM policy."
  }
  attribute "attachment_count" {
    type        = number
    mode        = "computed"
    volatile    = true
    description = "Number of entities the policy is attached to."
  }
  attribute "delay_after_policy_creation_in_ms" {
    type        = number
    mode        = "optional"
    unread      = true
    description = "Milliseconds to wait before making the version default."
  }
  attribute "description" {
    type        = string
    mode        = "optional"
    replace     = true
    description = "Description of the IAM policy."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the IAM policy."
  }
  attribute "name" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Name of the IAM policy."
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
  attribute "policy" {
    type        = string
    mode        = "required"
    equivalence = "iam_policy"
    description = "Policy JSON."
  }
  attribute "policy_id" {
    type        = string
    mode        = "computed"
    description = "Policy id."
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
}
