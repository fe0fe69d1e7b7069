resource "aws_s3_bucket_ownership_controls" {
  description = "Who owns the objects of an S3 bucket."
  version     = 0
  legacy      = true
  identity    = ["bucket"]
  import      = "bucket name"
  parent      = { type = "aws_s3_bucket", by = "bucket" }
  actions = {
    create = ["s3:PutBucketOwnershipControls"]
    read   = ["s3:GetBucketOwnershipControls"]
    update = ["s3:PutBucketOwnershipControls"]
    delete = ["s3:PutBucketOwnershipControls"]
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
    description = "Id of the S3 bucket ownership controls."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  block "rule" {
    nesting     = "list"
    min         = 1
    max         = 1
    description = "Rule."
    attribute "object_ownership" {
      type        = string
      mode        = "required"
      values      = ["BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"]
      description = "BucketOwnerPreferred, ObjectWriter or BucketOwnerEnforced."
    }
  }
}
