resource "aws_key_pair" {
  description    = "A public key for logins to EC2 instances."
  version        = 1
  legacy         = true
  identity       = ["key_name"]
  import         = "key name"
  conflicts_with = [["key_name", "key_name_prefix"]]
  actions = {
    create = ["ec2:ImportKeyPair", "ec2:CreateTags"]
    read   = ["ec2:DescribeKeyPairs"]
    update = ["ec2:CreateTags", "ec2:DeleteTags"]
    delete = ["ec2:DeleteKeyPair"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the key pair."
  }
  attribute "fingerprint" {
    type        = string
    mode        = "computed"
    description = "Fingerprint of the public key."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the key pair."
  }
  attribute "key_name" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Key pair name."
  }
  attribute "key_name_prefix" {
    type        = string
    mode        = "optional+computed"
    replace     = true
    description = "Prefix for a generated key pair name."
  }
  attribute "key_pair_id" {
    type        = string
    mode        = "computed"
    description = "Id of the key pair."
  }
  attribute "key_type" {
    type        = string
    mode        = "computed"
    description = "rsa or ed25519."
  }
  attribute "public_key" {
    type        = string
    mode        = "required"
    replace     = true
    equivalence = "trimmed"
    unread      = true
    description = "Public key material."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
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
}
