data "aws_ssm_parameter" {
  description = "A Systems Manager parameter."
  legacy      = true
  actions     = { read = ["ssm:GetParameter"] }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the SSM parameter."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the SSM parameter."
  }
  attribute "insecure_value" {
    type        = string
    mode        = "computed"
    description = "Value shown in plain text; not for SecureString."
  }
  attribute "name" {
    type        = string
    mode        = "required"
    description = "Parameter name, ARN, or name:version."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    description  = "Region of the resource; default from the provider."
  }
  attribute "type" {
    type        = string
    mode        = "computed"
    description = "Type."
  }
  attribute "value" {
    type        = string
    mode        = "computed"
    sensitive   = true
    description = "Value."
  }
  attribute "version" {
    type        = number
    mode        = "computed"
    description = "Version."
  }
  attribute "with_decryption" {
    type        = bool
    mode        = "optional"
    description = "Return decrypted SecureString values. AWS default: true."
  }
}
