resource "aws_s3_bucket_server_side_encryption_configuration" {
  description = "How an S3 bucket encrypts its objects."
  version     = 0
  legacy      = true
  identity    = ["bucket"]
  import      = "bucket name, or bucket,expected_bucket_owner"
  parent      = { type = "aws_s3_bucket", by = "bucket" }
  actions = {
    create = ["s3:PutEncryptionConfiguration"]
    read   = ["s3:GetEncryptionConfiguration"]
    update = ["s3:PutEncryptionConfiguration"]
    delete = ["s3:PutEncryptionConfiguration"]
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
    description = "Id of the S3 bucket server side encryption configuration."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  block "rule" {
    nesting     = "set"
    min         = 1
    description = "Rule."
    attribute "blocked_encryption_types" {
      type        = list(string)
      mode        = "optional+computed"
      description = "Encryption kinds refused for uploads. Known values: SSE-C, NONE."
    }
    attribute "bucket_key_enabled" {
      type        = bool
      mode        = "optional+computed"
      description = "Use an S3 Bucket Key with SSE-KMS."
    }
    block "apply_server_side_encryption_by_default" {
      nesting     = "list"
      max         = 1
      description = "Default encryption for new objects."
      attribute "kms_master_key_id" {
        type        = string
        mode        = "optional+computed"
        description = "KMS key id or ARN."
      }
      attribute "sse_algorithm" {
        type        = string
        mode        = "required"
        values      = ["AES256", "aws:kms", "aws:kms:dsse"]
        description = "AES256, aws:kms or aws:kms:dsse."
      }
    }
  }
}
