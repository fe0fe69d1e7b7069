resource "aws_cloudwatch_log_group" {
  description    = "A CloudWatch log group."
  version        = 0
  legacy         = true
  identity       = ["id"]
  import         = "log group name"
  conflicts_with = [["name", "name_prefix"]]
  actions = {
    create = ["logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:AssociateKmsKey", "logs:PutLogGroupDeletionProtection"]
    read   = ["logs:DescribeLogGroups", "logs:ListTagsForResource"]
    update = ["logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy", "logs:AssociateKmsKey", "logs:DisassociateKmsKey", "logs:PutLogGroupDeletionProtection", "logs:TagResource", "logs:UntagResource"]
    delete = ["logs:DeleteLogGroup"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the log group."
  }
  attribute "deletion_protection_enabled" {
    type        = bool
    mode        = "optional+computed"
    description = "Refuse deletion of the log group. AWS default: false."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the log group."
  }
  attribute "kms_key_id" {
    type        = string
    mode        = "optional"
    description = "KMS key id or ARN."
  }
  attribute "log_group_class" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    values      = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]
    description = "STANDARD, INFREQUENT_ACCESS or DELIVERY."
  }
  attribute "name" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Name of the log group."
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
  attribute "retention_in_days" {
    type        = number
    mode        = "optional"
    default     = 0
    description = "Days events are kept, 0 for ever. Difference ignored for class DELIVERY."
  }
  attribute "skip_destroy" {
    type        = bool
    mode        = "optional"
    default     = false
    unread      = true
    description = "Keep the object on destroy."
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
