resource "aws_s3_bucket_versioning" {
  description = "Whether an S3 bucket keeps old versions of its objects."
  version     = 0
  legacy      = true
  identity    = ["bucket"]
  import      = "bucket name, or bucket,expected_bucket_owner"
  parent      = { type = "aws_s3_bucket", by = "bucket" }
  refine      = "s3_bucket_versioning"
  actions = {
    create = ["s3:PutBucketVersioning"]
    read   = ["s3:GetBucketVersioning"]
    update = ["s3:PutBucketVersioning"]
    delete = ["s3:PutBucketVersioning"]
  }
  attribute "bucket" {
    type        = string
    mode        = "required"
    replace     = true
    description = "Bucket name."
  }
  attribute "expected_bucket_owner" {
    type         = string
    mode         = "optional"
    replace_when = "not_own_account"
    deprecated   = "will be removed"
    description  = "Account that must own the bucket."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the S3 bucket versioning."
  }
  attribute "mfa" {
    type        = string
    mode        = "optional"
    unread      = true
    description = "MFA device serial and token."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  block "versioning_configuration" {
    nesting     = "list"
    min         = 1
    max         = 1
    description = "Versioning state."
    attribute "mfa_delete" {
      type        = string
      mode        = "optional+computed"
      values      = ["Enabled", "Disabled"]
      description = "Whether MFA is needed to delete."
    }
    attribute "status" {
      type        = string
      mode        = "required"
      values      = ["Enabled", "Suspended", "Disabled"]
      description = "Status of the versioning configuration."
    }
  }
}
