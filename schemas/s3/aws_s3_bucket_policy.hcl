resource "aws_s3_bucket_policy" {
  description = "The policy of an S3 bucket."
  version     = 0
  legacy      = true
  identity    = ["bucket"]
  import      = "bucket name"
  parent      = { type = "aws_s3_bucket", by = "bucket" }
  actions = {
    create = ["s3:PutBucketPolicy"]
    read   = ["s3:GetBucketPolicy"]
    update = ["s3:PutBucketPolicy"]
    delete = ["s3:DeleteBucketPolicy"]
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
    description = "Id of the S3 bucket policy."
  }
  attribute "policy" {
    type        = string
    mode        = "required"
    equivalence = "iam_policy"
    description = "Policy JSON."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
}
