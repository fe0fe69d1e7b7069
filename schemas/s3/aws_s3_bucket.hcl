resource "aws_s3_bucket" {
  description    = "An S3 bucket."
  version        = 0
  legacy         = true
  refine         = "s3_bucket"
  identity       = ["id"]
  import         = "bucket name"
  timeouts       = { create = "20m", read = "20m", update = "20m", delete = "60m" }
  conflicts_with = [["bucket", "bucket_prefix"], ["acl", "grant"], ["object_lock_enabled", "object_lock_configuration"]]
  actions = {
    create = ["s3:CreateBucket", "s3:ListBucket", "s3:PutBucketTagging", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"]
    read   = ["s3:ListBucket", "s3:GetBucketTagging", "s3:GetBucketObjectLockConfiguration"]
    update = ["s3:PutBucketTagging"]
    delete = ["s3:DeleteBucket", "s3:ListBucket", "s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion"]
  }
  attribute "acceleration_status" {
    type        = string
    mode        = "optional+computed"
    deprecated  = "use aws_s3_bucket_accelerate_configuration"
    description = "Transfer acceleration state: Enabled or Suspended."
  }
  attribute "acl" {
    type        = string
    mode        = "optional+computed"
    deprecated  = "use aws_s3_bucket_acl"
    description = "Canned ACL. Known values: private, public-read, public-read-write, aws-exec-read, authenticated-read, log-delivery-write. AWS default: private."
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the bucket."
  }
  attribute "bucket" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Bucket name."
  }
  attribute "bucket_domain_name" {
    type        = string
    mode        = "computed"
    description = "Global DNS name of the bucket."
  }
  attribute "bucket_namespace" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Naming scope: global or account-regional. Known values: account-regional, global. AWS default: global."
  }
  attribute "bucket_prefix" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Prefix for a generated bucket name."
  }
  attribute "bucket_region" {
    type        = string
    mode        = "computed"
    description = "Region the bucket lives in."
  }
  attribute "bucket_regional_domain_name" {
    type        = string
    mode        = "computed"
    description = "Regional DNS name of the bucket."
  }
  attribute "force_destroy" {
    type        = bool
    mode        = "optional"
    default     = false
    unread      = true
    description = "Also destroy what would block deletion."
  }
  attribute "hosted_zone_id" {
    type        = string
    mode        = "computed"
    description = "Hosted zone id."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the bucket."
  }
  attribute "object_lock_enabled" {
    type        = bool
    mode        = "optional+computed"
    replace     = true
    description = "Whether Object Lock is on. Known values: true, false."
  }
  attribute "policy" {
    type        = string
    mode        = "optional+computed"
    equivalence = "iam_policy"
    deprecated  = "use aws_s3_bucket_policy"
    description = "Policy JSON."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "request_payer" {
    type        = string
    mode        = "optional+computed"
    deprecated  = "use aws_s3_bucket_request_payment_configuration"
    description = "BucketOwner or Requester."
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
  attribute "website_domain" {
    type        = string
    mode        = "computed"
    deprecated  = "use aws_s3_bucket_website_configuration"
    description = "Website domain."
  }
  attribute "website_endpoint" {
    type        = string
    mode        = "computed"
    deprecated  = "use aws_s3_bucket_website_configuration"
    description = "Website endpoint."
  }
  block "cors_rule" {
    nesting     = "list"
    computed    = true
    deprecated  = "use aws_s3_bucket_cors_configuration"
    description = "Cors rule (deprecated here)."
    attribute "allowed_headers" {
      type        = list(string)
      mode        = "optional"
      description = "Request headers allowed in CORS preflight."
    }
    attribute "allowed_methods" {
      type        = list(string)
      mode        = "required"
      description = "HTTP methods allowed cross-origin."
    }
    attribute "allowed_origins" {
      type        = list(string)
      mode        = "required"
      description = "Origins allowed cross-origin."
    }
    attribute "expose_headers" {
      type        = list(string)
      mode        = "optional"
      description = "Response headers visible to browsers."
    }
    attribute "max_age_seconds" {
      type        = number
      mode        = "optional"
      description = "Seconds a preflight answer is cached."
    }
  }
  block "grant" {
    nesting     = "set"
    computed    = true
    deprecated  = "use aws_s3_bucket_acl"
    description = "Acl grant."
    attribute "id" {
      type        = string
      mode        = "optional"
      description = "Id of the grant."
    }
    attribute "permissions" {
      type        = set(string)
      mode        = "required"
      description = "Permissions. Known values: READ, WRITE, READ_ACP, WRITE_ACP, FULL_CONTROL."
    }
    attribute "type" {
      type        = string
      mode        = "required"
      description = "Kind of grant. Known values: CanonicalUser, Group."
    }
    attribute "uri" {
      type        = string
      mode        = "optional"
      description = "Group URI of the grantee."
    }
  }
  block "lifecycle_rule" {
    nesting     = "list"
    computed    = true
    deprecated  = "use aws_s3_bucket_lifecycle_configuration"
    description = "Lifecycle rule (deprecated here)."
    attribute "abort_incomplete_multipart_upload_days" {
      type        = number
      mode        = "optional"
      description = "Days before unfinished multipart uploads are dropped."
    }
    attribute "enabled" {
      type        = bool
      mode        = "required"
      description = "Whether on: lifecycle rule."
    }
    attribute "id" {
      type        = string
      mode        = "optional+computed"
      description = "Id of the lifecycle rule."
    }
    attribute "prefix" {
      type        = string
      mode        = "optional"
      description = "Prefix of the lifecycle rule."
    }
    attribute "tags" {
      type        = map(string)
      mode        = "optional"
      description = "Tags of the lifecycle rule."
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
        mode        = "optional"
        description = "Number of days."
      }
      attribute "expired_object_delete_marker" {
        type        = bool
        mode        = "optional"
        description = "Remove delete markers without versions."
      }
    }
    block "noncurrent_version_expiration" {
      nesting     = "list"
      max         = 1
      description = "When noncurrent versions expire."
      attribute "days" {
        type        = number
        mode        = "optional"
        description = "Number of days."
      }
    }
    block "noncurrent_version_transition" {
      nesting     = "set"
      description = "When noncurrent versions move."
      attribute "days" {
        type        = number
        mode        = "optional"
        description = "Number of days."
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
        mode        = "optional"
        description = "Number of days."
      }
      attribute "storage_class" {
        type        = string
        mode        = "required"
        description = "Storage class."
      }
    }
  }
  block "logging" {
    nesting     = "list"
    max         = 1
    computed    = true
    deprecated  = "use aws_s3_bucket_logging"
    description = "Access logging (deprecated here)."
    attribute "target_bucket" {
      type        = string
      mode        = "required"
      description = "Bucket that receives logs."
    }
    attribute "target_prefix" {
      type        = string
      mode        = "optional"
      description = "Prefix of log keys."
    }
  }
  block "object_lock_configuration" {
    nesting     = "list"
    max         = 1
    computed    = true
    deprecated  = "use top-level object_lock_enabled"
    description = "Object lock (deprecated here)."
    attribute "object_lock_enabled" {
      type        = string
      mode        = "optional"
      replace     = true
      deprecated  = "use top-level object_lock_enabled"
      description = "Whether Object Lock is on."
    }
    block "rule" {
      nesting     = "list"
      max         = 1
      deprecated  = "use aws_s3_bucket_object_lock_configuration"
      description = "Rule."
      block "default_retention" {
        nesting     = "list"
        min         = 1
        max         = 1
        description = "Default retention for new objects."
        attribute "days" {
          type        = number
          mode        = "optional"
          description = "Number of days."
        }
        attribute "mode" {
          type        = string
          mode        = "required"
          description = "Mode of the default retention. Known values: COMPLIANCE, GOVERNANCE."
        }
        attribute "years" {
          type        = number
          mode        = "optional"
          description = "Number of years."
        }
      }
    }
  }
  block "replication_configuration" {
    nesting     = "list"
    max         = 1
    computed    = true
    deprecated  = "use aws_s3_bucket_replication_configuration"
    description = "Replication (deprecated here)."
    attribute "role" {
      type        = string
      mode        = "required"
      description = "Role."
    }
    block "rules" {
      nesting     = "set"
      min         = 1
      description = "Replication rule."
      attribute "delete_marker_replication_status" {
        type        = string
        mode        = "optional"
        description = "Whether delete markers are replicated."
      }
      attribute "id" {
        type        = string
        mode        = "optional"
        description = "Id of the rules."
      }
      attribute "prefix" {
        type        = string
        mode        = "optional"
        description = "Prefix of the rules."
      }
      attribute "priority" {
        type        = number
        mode        = "optional"
        description = "Priority. AWS default: 0."
      }
      attribute "status" {
        type        = string
        mode        = "required"
        description = "Status of the rules."
      }
      block "destination" {
        nesting     = "list"
        min         = 1
        max         = 1
        description = "Where replicas go."
        attribute "account_id" {
          type        = string
          mode        = "optional"
          description = "AWS account id."
        }
        attribute "bucket" {
          type        = string
          mode        = "required"
          description = "Bucket name."
        }
        attribute "replica_kms_key_id" {
          type        = string
          mode        = "optional"
          description = "KMS key for replicas."
        }
        attribute "storage_class" {
          type        = string
          mode        = "optional"
          description = "Storage class."
        }
        block "access_control_translation" {
          nesting     = "list"
          max         = 1
          description = "Change replica ownership to the destination account."
          attribute "owner" {
            type        = string
            mode        = "required"
            description = "Owner."
          }
        }
        block "metrics" {
          nesting     = "list"
          max         = 1
          description = "Metrics."
          attribute "minutes" {
            type        = number
            mode        = "optional"
            default     = 15
            description = "Minutes, 15."
          }
          attribute "status" {
            type        = string
            mode        = "optional"
            default     = "Enabled"
            description = "Status of the metrics."
          }
        }
        block "replication_time" {
          nesting     = "list"
          max         = 1
          description = "Replication time control."
          attribute "minutes" {
            type        = number
            mode        = "optional"
            default     = 15
            description = "Minutes, 15."
          }
          attribute "status" {
            type        = string
            mode        = "optional"
            default     = "Enabled"
            description = "Status of the replication time."
          }
        }
      }
      block "filter" {
        nesting     = "list"
        max         = 1
        description = "Filter."
        attribute "prefix" {
          type        = string
          mode        = "optional"
          description = "Prefix of the filter."
        }
        attribute "tags" {
          type        = map(string)
          mode        = "optional"
          description = "Tags of the filter."
        }
      }
      block "source_selection_criteria" {
        nesting     = "list"
        max         = 1
        description = "Which objects are replicated."
        block "sse_kms_encrypted_objects" {
          nesting     = "list"
          max         = 1
          description = "Replicate kms encrypted objects."
          attribute "enabled" {
            type        = bool
            mode        = "required"
            description = "Whether on: sse kms encrypted objects."
          }
        }
      }
    }
  }
  block "server_side_encryption_configuration" {
    nesting     = "list"
    max         = 1
    computed    = true
    deprecated  = "use aws_s3_bucket_server_side_encryption_configuration"
    description = "Default encryption (deprecated here)."
    block "rule" {
      nesting     = "list"
      min         = 1
      max         = 1
      description = "Rule."
      attribute "bucket_key_enabled" {
        type        = bool
        mode        = "optional"
        description = "Use an S3 Bucket Key with SSE-KMS."
      }
      block "apply_server_side_encryption_by_default" {
        nesting     = "list"
        min         = 1
        max         = 1
        description = "Default encryption for new objects."
        attribute "kms_master_key_id" {
          type        = string
          mode        = "optional"
          description = "KMS key id or ARN."
        }
        attribute "sse_algorithm" {
          type        = string
          mode        = "required"
          description = "AES256, aws:kms or aws:kms:dsse. Known values: AES256, aws:kms, aws:kms:dsse."
        }
      }
    }
  }
  block "versioning" {
    nesting     = "list"
    max         = 1
    computed    = true
    deprecated  = "use aws_s3_bucket_versioning"
    description = "Versioning (deprecated here)."
    attribute "enabled" {
      type        = bool
      mode        = "optional"
      default     = false
      description = "Whether on: versioning."
    }
    attribute "mfa_delete" {
      type        = bool
      mode        = "optional"
      default     = false
      description = "Whether MFA is needed to delete."
    }
  }
  block "website" {
    nesting     = "list"
    max         = 1
    computed    = true
    deprecated  = "use aws_s3_bucket_website_configuration"
    description = "Website hosting (deprecated here)."
    attribute "error_document" {
      type        = string
      mode        = "optional"
      description = "Error page key."
    }
    attribute "index_document" {
      type        = string
      mode        = "optional"
      description = "Index page suffix."
    }
    attribute "redirect_all_requests_to" {
      type        = string
      mode        = "optional"
      description = "Host all requests are redirected to."
    }
    attribute "routing_rules" {
      type        = string
      mode        = "optional"
      equivalence = "json"
      description = "Website routing rules JSON."
    }
  }
}
