data "aws_iam_policy" {
  description = "A managed IAM policy with its document."
  legacy      = true
  actions     = { read = ["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicies"] }
  attribute "arn" {
    type        = string
    mode        = "optional+computed"
    description = "ARN of the IAM policy."
  }
  attribute "attachment_count" {
    type        = number
    mode        = "computed"
    description = "Number of entities the policy is attached to."
  }
  attribute "description" {
    type        = string
    mode        = "computed"
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
    description = "Name of the IAM policy."
  }
  attribute "path" {
    type        = string
    mode        = "computed"
    description = "Path."
  }
  attribute "path_prefix" {
    type        = string
    mode        = "optional"
    description = "Path prefix to search."
  }
  attribute "policy" {
    type        = string
    mode        = "computed"
    description = "Policy JSON."
  }
  attribute "policy_id" {
    type        = string
    mode        = "computed"
    description = "Policy id."
  }
  attribute "tags" {
    type        = map(string)
    mode        = "optional+computed"
    description = "Tags to match and those found."
  }
}
