resource "aws_iam_instance_profile" {
  description    = "An IAM instance profile: what gives an instance its role."
  version        = 0
  legacy         = true
  identity       = ["name"]
  import         = "instance profile name"
  conflicts_with = [["name", "name_prefix"]]
  actions = {
    create = ["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile", "iam:PassRole", "iam:TagInstanceProfile"]
    read   = ["iam:GetInstanceProfile"]
    update = ["iam:RemoveRoleFromInstanceProfile", "iam:AddRoleToInstanceProfile", "iam:PassRole", "iam:TagInstanceProfile", "iam:UntagInstanceProfile"]
    delete = ["iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the IAM instance profile."
  }
  attribute "create_date" {
    type        = string
    mode        = "computed"
    description = "Creation time."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the IAM instance profile."
  }
  attribute "name" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Name of the IAM instance profile."
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
  attribute "role" {
    type        = string
    mode        = "optional"
    description = "Name of the role in the profile."
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
}
