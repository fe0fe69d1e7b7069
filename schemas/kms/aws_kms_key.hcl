resource "aws_kms_key" {
  description = "A KMS key."
  version     = 0
  legacy      = true
  identity    = ["id"]
  import      = "key id"
  timeouts    = { create = "2m" }
  actions = {
    create = ["kms:CreateKey", "kms:PutKeyPolicy", "kms:TagResource", "kms:EnableKeyRotation", "kms:DisableKey"]
    read   = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"]
    update = ["kms:EnableKey", "kms:DisableKey", "kms:EnableKeyRotation", "kms:DisableKeyRotation", "kms:UpdateKeyDescription", "kms:PutKeyPolicy", "kms:TagResource", "kms:UntagResource"]
    delete = ["kms:ScheduleKeyDeletion"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the KMS key."
  }
  attribute "bypass_policy_lockout_safety_check" {
    type        = bool
    mode        = "optional"
    default     = false
    unread      = true
    description = "Skip the check against locking yourself out."
  }
  attribute "custom_key_store_id" {
    type        = string
    mode        = "optional"
    replace     = true
    description = "Custom key store that holds the key."
  }
  attribute "customer_master_key_spec" {
    type        = string
    mode        = "optional"
    default     = "SYMMETRIC_DEFAULT"
    replace     = true
    description = "Key type, such as SYMMETRIC_DEFAULT or RSA_2048. Known values: SYMMETRIC_DEFAULT, RSA_2048, RSA_3072, RSA_4096, HMAC_224, HMAC_256, HMAC_384, HMAC_512, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, ML_DSA_44, ML_DSA_65, ML_DSA_87, SM2, ECC_NIST_EDWARDS25519."
  }
  attribute "deletion_window_in_days" {
    type        = number
    mode        = "optional"
    unread      = true
    range       = [7, 30]
    description = "Waiting days before destruction, 7 to 30. AWS default: 30."
  }
  attribute "description" {
    type        = string
    mode        = "optional+computed"
    description = "Description of the KMS key."
  }
  attribute "enable_key_rotation" {
    type        = bool
    mode        = "optional"
    default     = false
    description = "Rotate key material automatically."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the KMS key."
  }
  attribute "is_enabled" {
    type        = bool
    mode        = "optional"
    default     = true
    description = "Whether it is enabled."
  }
  attribute "key_id" {
    type        = string
    mode        = "computed"
    description = "KMS key id or ARN."
  }
  attribute "key_usage" {
    type        = string
    mode        = "optional"
    default     = "ENCRYPT_DECRYPT"
    replace     = true
    description = "What the key is for, such as ENCRYPT_DECRYPT. Known values: ENCRYPT_DECRYPT, SIGN_VERIFY, GENERATE_VERIFY_MAC."
  }
  attribute "multi_region" {
    type        = bool
    mode        = "optional+computed"
    replace     = true
    description = "Multi-Region key. AWS default: false."
  }
  attribute "policy" {
    type        = string
    mode        = "optional+computed"
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
  attribute "rotation_period_in_days" {
    type        = number
    mode        = "optional+computed"
    range       = [90, 2560]
    description = "Days between rotations, 90 to 2560."
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
  attribute "xks_key_id" {
    type        = string
    mode        = "optional"
    replace     = true
    description = "External key id."
  }
}
