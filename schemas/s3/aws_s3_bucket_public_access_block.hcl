resource "aws_s3_bucket_public_access_block" {
  description = "What public access an S3 bucket refuses."
  version     = 0
  legacy      = true
  identity    = ["bucket"]
  import      = "bucket name"
  parent      = { type = "aws_s3_bucket", by = "bucket" }
  actions = {
    create = ["s3:PutBucketPublicAccessBlock"]
    read   = ["s3:GetBucketPublicAccessBlock"]
    update = ["s3:PutBucketPublicAccessBlock"]
    delete = ["s3:PutBucketPublicAccessBlock"]
  }
  attribute "block_public_acls" {
    type        = bool
    mode        = "optional"
    default     = false
    description = "Reject new public ACLs."
  }
  attribute "block_public_policy" {
    type        = bool
    mode        = "optional"
    default     = false
    description = "Reject new public bucket policies."
  }
  attribute "bucket" {
    type        = string
    mode        = "required"
    replace     = true
    description = "Bucket name."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the S3 bucket public access block."
  }
  attribute "ignore_public_acls" {
    type        = bool
    mode        = "optional"
    default     = false
    description = "Disregard existing public ACLs."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "restrict_public_buckets" {
    type        = bool
    mode        = "optional"
    default     = false
    description = "Limit access of public buckets."
  }
  attribute "skip_destroy" {
    type        = bool
    mode        = "optional"
    unread      = true
    description = "Keep the object on destroy."
  }
}
