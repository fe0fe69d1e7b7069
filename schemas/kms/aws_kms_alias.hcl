resource "aws_kms_alias" {
  description    = "A name for a KMS key."
  version        = 0
  legacy         = true
  identity       = ["id"]
  import         = "alias name (alias/x)"
  conflicts_with = [["name", "name_prefix"]]
  parent         = { type = "aws_kms_key", by = "target_key_id" }
  actions = {
    create = ["kms:CreateAlias"]
    read   = ["kms:ListAliases"]
    update = ["kms:UpdateAlias"]
    delete = ["kms:DeleteAlias"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the KMS alias."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the KMS alias."
  }
  attribute "name" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Alias name starting with alias/."
  }
  attribute "name_prefix" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Prefix for a generated name."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "target_key_arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the key the alias names."
  }
  attribute "target_key_id" {
    type        = string
    mode        = "required"
    equivalence = "arn"
    description = "Key the alias names."
  }
}
