resource "aws_iam_role_policy_attachment" {
  description = "A managed policy attached to an IAM role."
  version     = 0
  legacy      = true
  identity    = ["role", "policy_arn"]
  import      = "role/policy-arn"
  parent      = { type = "aws_iam_role", by = "role" }
  actions = {
    create = ["iam:AttachRolePolicy"]
    read   = ["iam:ListAttachedRolePolicies"]
    update = []
    delete = ["iam:DetachRolePolicy"]
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the IAM role policy attachment."
  }
  attribute "policy_arn" {
    type        = string
    mode        = "required"
    replace     = true
    description = "Policy ARN."
  }
  attribute "role" {
    type        = string
    mode        = "required"
    replace     = true
    description = "Role."
  }
}
