data "aws_caller_identity" {
  description = "The account and identity of the credentials in use."
  actions     = { read = ["sts:GetCallerIdentity"] }
  attribute "account_id" {
    type        = string
    mode        = "computed"
    description = "AWS account id."
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the caller."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Account id."
  }
  attribute "user_id" {
    type        = string
    mode        = "computed"
    description = "Unique id of the caller."
  }
}
