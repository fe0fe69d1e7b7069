resource "aws_iam_role_policy" {
  description    = "An inline policy of an IAM role."
  version        = 0
  legacy         = true
  identity       = ["role", "name"]
  import         = "role:policy-name"
  conflicts_with = [["name", "name_prefix"]]
  parent         = { type = "aws_iam_role", by = "role" }
  actions = {
    create = ["iam:PutRolePolicy"]
    read   = ["iam:GetRolePolicy"]
    update = ["iam:PutRolePolicy"]
    delete = ["iam:DeleteRolePolicy"]
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the IAM role policy."
  }
  attribute "name" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Name of the IAM role policy."
  }
  attribute "name_prefix" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Prefix for a generated name."
  }
  attribute "policy" {
    type        = string
    mode        = "required"
    equivalence = "iam_policy"
    description = "Policy JSON."
  }
  attribute "role" {
    type        = string
    mode        = "required"
    replace     = true
    description = "Role."
  }
}
