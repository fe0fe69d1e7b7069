resource "aws_s3_bucket_lifecycle_configuration" {
  description = "When the objects of an S3 bucket move to other storage or expire."
  version     = 1
  identity    = ["bucket"]
  import      = "bucket name, or bucket,expected_bucket_owner"
  timeouts    = { create = "3m", update = "3m" }
  parent      = { type = "aws_s3_bucket", by = "bucket" }
  actions = {
    create = ["s3:PutLifecycleConfiguration"]
    read   = ["s3:GetLifecycleConfiguration"]
    update = ["s3:PutLifecycleConfiguration"]
    delete = ["s3:PutLifecycleConfiguration"]
  }
  attribute "bucket" {
    type        = string
    mode        = "required"
    replace     = true
    description = "Bucket name."
  }
  attribute "expected_bucket_owner" {
    type         = string
    mode         = "optional+computed"
    replace_when = "not_own_account"
    deprecated   = "will be removed"
    description  = "Account that must own the bucket."
  }
  attribute "id" {
    type        = string
    mode        = "computed"
    description = "Id of the S3 bucket lifecycle configuration."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "transition_default_minimum_object_size" {
    type        = string
    mode        = "optional+computed"
    default     = "all_storage_classes_128K"
    values      = ["all_storage_classes_128K", "varies_by_storage_class"]
    description = "Default smallest size for transitions."
  }
  block "rule" {
    nesting     = "list"
    min         = 1
    description = "Rule."
    attribute "id" {
      type        = string
      mode        = "required"
      description = "Id of the rule."
    }
    attribute "prefix" {
      type        = string
      mode        = "optional+computed"
      default     = ""
      deprecated  = "no longer of use"
      description = "Prefix of the rule."
    }
    attribute "status" {
      type        = string
      mode        = "required"
      values      = ["Enabled", "Disabled"]
      description = "Status of the rule."
    }
    block "abort_incomplete_multipart_upload" {
      nesting     = "list"
      max         = 1
      description = "When to drop unfinished multipart uploads."
      attribute "days_after_initiation" {
        type        = number
        mode        = "optional"
        description = "Days after the upload began."
      }
    }
    block "expiration" {
      nesting     = "list"
      max         = 1
      description = "When objects expire."
      attribute "date" {
        type        = string
        mode        = "optional"
        description = "Date the rule takes effect."
      }
      attribute "days" {
        type        = number
        mode        = "optional+computed"
        default     = 0
        description = "Number of days."
      }
      attribute "expired_object_delete_marker" {
        type        = bool
        mode        = "optional+computed"
        default     = false
        description = "Remove delete markers without versions."
      }
    }
    block "filter" {
      nesting     = "list"
      max         = 1
      description = "Filter."
      attribute "object_size_greater_than" {
        type        = number
        mode        = "optional+computed"
        default     = null
        description = "Least object size in bytes."
      }
      attribute "object_size_less_than" {
        type        = number
        mode        = "optional+computed"
        default     = null
        description = "Object size limit in bytes."
      }
      attribute "prefix" {
        type        = string
        mode        = "optional+computed"
        description = "Prefix of the filter."
      }
      block "and" {
        nesting     = "list"
        max         = 1
        description = "Conditions that must all hold."
        attribute "object_size_greater_than" {
          type        = number
          mode        = "optional+computed"
          default     = 0
          description = "Least object size in bytes."
        }
        attribute "object_size_less_than" {
          type        = number
          mode        = "optional+computed"
          default     = 0
          description = "Object size limit in bytes."
        }
        attribute "prefix" {
          type        = string
          mode        = "optional+computed"
          default     = ""
          description = "Prefix of the and."
        }
        attribute "tags" {
          type        = map(string)
          mode        = "optional"
          description = "Tags of the and."
        }
      }
      block "tag" {
        nesting     = "list"
        max         = 1
        description = "Tag."
        attribute "key" {
          type        = string
          mode        = "required"
          description = "Key of the tag."
        }
        attribute "value" {
          type        = string
          mode        = "required"
          description = "Value of the tag."
        }
      }
    }
    block "noncurrent_version_expiration" {
      nesting     = "list"
      max         = 1
      description = "When noncurrent versions expire."
      attribute "newer_noncurrent_versions" {
        type        = number
        mode        = "optional"
        description = "Noncurrent versions kept."
      }
      attribute "noncurrent_days" {
        type        = number
        mode        = "required"
        description = "Days since becoming noncurrent."
      }
    }
    block "noncurrent_version_transition" {
      nesting     = "set"
      description = "When noncurrent versions move."
      attribute "newer_noncurrent_versions" {
        type        = number
        mode        = "optional"
        description = "Noncurrent versions kept."
      }
      attribute "noncurrent_days" {
        type        = number
        mode        = "required"
        description = "Days since becoming noncurrent."
      }
      attribute "storage_class" {
        type        = string
        mode        = "required"
        description = "Storage class."
      }
    }
    block "transition" {
      nesting     = "set"
      description = "Move to another storage class."
      attribute "date" {
        type        = string
        mode        = "optional"
        description = "Date the rule takes effect."
      }
      attribute "days" {
        type        = number
        mode        = "optional+computed"
        description = "Number of days. AWS default: 0."
      }
      attribute "storage_class" {
        type        = string
        mode        = "required"
        description = "Storage class."
      }
    }
  }
}
