provider "aws" {
  description = "How AWS is reached: region, credentials, tags of all objects, endpoints."
  attribute "access_key" {
    type        = string
    mode        = "optional"
    description = "Access key id; better left to the credential chain."
  }
  attribute "allowed_account_ids" {
    type        = set(string)
    mode        = "optional"
    description = "The only accounts that may be used."
  }
  attribute "custom_ca_bundle" {
    type        = string
    mode        = "optional"
    description = "File with certificates to trust."
  }
  attribute "ec2_metadata_service_endpoint" {
    type        = string
    mode        = "optional"
    description = "Address of the instance metadata service."
  }
  attribute "ec2_metadata_service_endpoint_mode" {
    type        = string
    mode        = "optional"
    description = "IPv4 or IPv6."
  }
  attribute "forbidden_account_ids" {
    type        = set(string)
    mode        = "optional"
    description = "Accounts that must not be used."
  }
  attribute "http_proxy" {
    type        = string
    mode        = "optional"
    description = "Proxy for HTTP; empty turns off."
  }
  attribute "https_proxy" {
    type        = string
    mode        = "optional"
    description = "Proxy for HTTPS; empty turns off."
  }
  attribute "insecure" {
    type        = bool
    mode        = "optional"
    description = "Do not verify certificates."
  }
  attribute "max_retries" {
    type        = number
    mode        = "optional"
    description = "How often a call is tried."
  }
  attribute "no_proxy" {
    type        = string
    mode        = "optional"
    description = "Hosts that are reached without proxy."
  }
  attribute "profile" {
    type        = string
    mode        = "optional"
    description = "Profile of the shared configuration."
  }
  attribute "region" {
    type        = string
    mode        = "optional"
    description = "Region; else AWS_REGION or the profile."
  }
  attribute "retry_mode" {
    type        = string
    mode        = "optional"
    description = "standard or adaptive."
  }
  attribute "s3_us_east_1_regional_endpoint" {
    type        = string
    mode        = "optional"
    description = "legacy or regional."
  }
  attribute "s3_use_path_style" {
    type        = bool
    mode        = "optional"
    description = "Bucket name in the path instead of the host name."
  }
  attribute "secret_key" {
    type        = string
    mode        = "optional"
    description = "Secret access key; better left to the credential chain."
  }
  attribute "shared_config_files" {
    type        = list(string)
    mode        = "optional"
    description = "Shared configuration files."
  }
  attribute "shared_credentials_files" {
    type        = list(string)
    mode        = "optional"
    description = "Shared credentials files."
  }
  attribute "skip_credentials_validation" {
    type        = bool
    mode        = "optional"
    description = "Do not check the credentials by a call."
  }
  attribute "skip_metadata_api_check" {
    type        = string
    mode        = "optional"
    description = "Do not use the instance metadata service."
  }
  attribute "skip_region_validation" {
    type        = bool
    mode        = "optional"
    description = "Accept regions that are not known."
  }
  attribute "skip_requesting_account_id" {
    type        = bool
    mode        = "optional"
    description = "Do not ask for the account id."
  }
  attribute "sts_region" {
    type        = string
    mode        = "optional"
    description = "Region of STS."
  }
  attribute "tag_policy_compliance" {
    type        = string
    mode        = "optional"
    description = "What to do about tags that a tag policy requires: error, warning or disabled."
  }
  attribute "token" {
    type        = string
    mode        = "optional"
    description = "Session token of temporary credentials."
  }
  attribute "token_bucket_rate_limiter_capacity" {
    type        = number
    mode        = "optional"
    description = "Capacity of the rate limiter of retries."
  }
  attribute "use_dualstack_endpoint" {
    type        = bool
    mode        = "optional"
    description = "Endpoints with IPv6."
  }
  attribute "use_fips_endpoint" {
    type        = bool
    mode        = "optional"
    description = "FIPS endpoints."
  }
  attribute "user_agent" {
    type        = list(string)
    mode        = "optional"
    description = "Products to name in the user agent."
  }
  block "assume_role" {
    nesting     = "list"
    description = "A role to assume; several are assumed one after the other."
    attribute "duration" {
      type        = string
      mode        = "optional"
      description = "How long the credentials hold, such as 1h."
    }
    attribute "external_id" {
      type        = string
      mode        = "optional"
      description = "External id that the trust policy asks for."
    }
    attribute "policy" {
      type        = string
      mode        = "optional"
      description = "Session policy."
    }
    attribute "policy_arns" {
      type        = set(string)
      mode        = "optional"
      description = "Managed session policies."
    }
    attribute "role_arn" {
      type        = string
      mode        = "optional"
      description = "The role."
    }
    attribute "session_name" {
      type        = string
      mode        = "optional"
      description = "Name of the session."
    }
    attribute "source_identity" {
      type        = string
      mode        = "optional"
      description = "Source identity of the session."
    }
    attribute "tags" {
      type        = map(string)
      mode        = "optional"
      description = "Session tags."
    }
    attribute "transitive_tag_keys" {
      type        = set(string)
      mode        = "optional"
      description = "Session tags that are passed on."
    }
  }
  block "assume_role_with_web_identity" {
    nesting     = "list"
    max         = 1
    description = "A role to assume with a web identity token."
    attribute "duration" {
      type        = string
      mode        = "optional"
      description = "How long the credentials hold, such as 1h."
    }
    attribute "policy" {
      type        = string
      mode        = "optional"
      description = "Session policy."
    }
    attribute "policy_arns" {
      type        = set(string)
      mode        = "optional"
      description = "Managed session policies."
    }
    attribute "role_arn" {
      type        = string
      mode        = "optional"
      description = "The role."
    }
    attribute "session_name" {
      type        = string
      mode        = "optional"
      description = "Name of the session."
    }
    attribute "web_identity_token" {
      type        = string
      mode        = "optional"
      description = "The token."
    }
    attribute "web_identity_token_file" {
      type        = string
      mode        = "optional"
      description = "File with the token."
    }
  }
  block "default_tags" {
    nesting     = "list"
    max         = 1
    description = "Tags for every object that takes tags."
    attribute "tags" {
      type        = map(string)
      mode        = "optional"
      description = "The tags."
    }
  }
  block "endpoints" {
    nesting     = "set"
    description = "Addresses of services, instead of the usual ones."
    attribute "accessanalyzer" {
      type        = string
      mode        = "optional"
      description = "Address of accessanalyzer."
    }
    attribute "acm" {
      type        = string
      mode        = "optional"
      description = "Address of acm."
    }
    attribute "apigateway" {
      type        = string
      mode        = "optional"
      description = "Address of apigateway."
    }
    attribute "autoscaling" {
      type        = string
      mode        = "optional"
      description = "Address of autoscaling."
    }
    attribute "backup" {
      type        = string
      mode        = "optional"
      description = "Address of backup."
    }
    attribute "cloudcontrol" {
      type        = string
      mode        = "optional"
      description = "Address of cloudcontrol."
    }
    attribute "cloudformation" {
      type        = string
      mode        = "optional"
      description = "Address of cloudformation."
    }
    attribute "cloudfront" {
      type        = string
      mode        = "optional"
      description = "Address of cloudfront."
    }
    attribute "cloudtrail" {
      type        = string
      mode        = "optional"
      description = "Address of cloudtrail."
    }
    attribute "cloudwatch" {
      type        = string
      mode        = "optional"
      description = "Address of cloudwatch."
    }
    attribute "cloudwatchevents" {
      type        = string
      mode        = "optional"
      description = "Address of cloudwatchevents."
    }
    attribute "cloudwatchlogs" {
      type        = string
      mode        = "optional"
      description = "Address of cloudwatchlogs."
    }
    attribute "configservice" {
      type        = string
      mode        = "optional"
      description = "Address of configservice."
    }
    attribute "dynamodb" {
      type        = string
      mode        = "optional"
      description = "Address of dynamodb."
    }
    attribute "ec2" {
      type        = string
      mode        = "optional"
      description = "Address of ec2."
    }
    attribute "ecr" {
      type        = string
      mode        = "optional"
      description = "Address of ecr."
    }
    attribute "ecs" {
      type        = string
      mode        = "optional"
      description = "Address of ecs."
    }
    attribute "efs" {
      type        = string
      mode        = "optional"
      description = "Address of efs."
    }
    attribute "eks" {
      type        = string
      mode        = "optional"
      description = "Address of eks."
    }
    attribute "elasticache" {
      type        = string
      mode        = "optional"
      description = "Address of elasticache."
    }
    attribute "elb" {
      type        = string
      mode        = "optional"
      description = "Address of elb."
    }
    attribute "elbv2" {
      type        = string
      mode        = "optional"
      description = "Address of elbv2."
    }
    attribute "es" {
      type        = string
      mode        = "optional"
      description = "Address of es."
    }
    attribute "events" {
      type        = string
      mode        = "optional"
      description = "Address of events."
    }
    attribute "eventbridge" {
      type        = string
      mode        = "optional"
      description = "Address of eventbridge."
    }
    attribute "firehose" {
      type        = string
      mode        = "optional"
      description = "Address of firehose."
    }
    attribute "glue" {
      type        = string
      mode        = "optional"
      description = "Address of glue."
    }
    attribute "iam" {
      type        = string
      mode        = "optional"
      description = "Address of iam."
    }
    attribute "kinesis" {
      type        = string
      mode        = "optional"
      description = "Address of kinesis."
    }
    attribute "kms" {
      type        = string
      mode        = "optional"
      description = "Address of kms."
    }
    attribute "lambda" {
      type        = string
      mode        = "optional"
      description = "Address of lambda."
    }
    attribute "logs" {
      type        = string
      mode        = "optional"
      description = "Address of logs."
    }
    attribute "opensearch" {
      type        = string
      mode        = "optional"
      description = "Address of opensearch."
    }
    attribute "organizations" {
      type        = string
      mode        = "optional"
      description = "Address of organizations."
    }
    attribute "rds" {
      type        = string
      mode        = "optional"
      description = "Address of rds."
    }
    attribute "redshift" {
      type        = string
      mode        = "optional"
      description = "Address of redshift."
    }
    attribute "resourcegroups" {
      type        = string
      mode        = "optional"
      description = "Address of resourcegroups."
    }
    attribute "resourcegroupstaggingapi" {
      type        = string
      mode        = "optional"
      description = "Address of resourcegroupstaggingapi."
    }
    attribute "route53" {
      type        = string
      mode        = "optional"
      description = "Address of route53."
    }
    attribute "route53resolver" {
      type        = string
      mode        = "optional"
      description = "Address of route53resolver."
    }
    attribute "s3" {
      type        = string
      mode        = "optional"
      description = "Address of s3."
    }
    attribute "s3api" {
      type        = string
      mode        = "optional"
      description = "Address of s3api."
    }
    attribute "s3control" {
      type        = string
      mode        = "optional"
      description = "Address of s3control."
    }
    attribute "secretsmanager" {
      type        = string
      mode        = "optional"
      description = "Address of secretsmanager."
    }
    attribute "ses" {
      type        = string
      mode        = "optional"
      description = "Address of ses."
    }
    attribute "sfn" {
      type        = string
      mode        = "optional"
      description = "Address of sfn."
    }
    attribute "sns" {
      type        = string
      mode        = "optional"
      description = "Address of sns."
    }
    attribute "sqs" {
      type        = string
      mode        = "optional"
      description = "Address of sqs."
    }
    attribute "ssm" {
      type        = string
      mode        = "optional"
      description = "Address of ssm."
    }
    attribute "ssmcontacts" {
      type        = string
      mode        = "optional"
      description = "Address of ssmcontacts."
    }
    attribute "ssmincidents" {
      type        = string
      mode        = "optional"
      description = "Address of ssmincidents."
    }
    attribute "sso" {
      type        = string
      mode        = "optional"
      description = "Address of sso."
    }
    attribute "ssoadmin" {
      type        = string
      mode        = "optional"
      description = "Address of ssoadmin."
    }
    attribute "stepfunctions" {
      type        = string
      mode        = "optional"
      description = "Address of stepfunctions."
    }
    attribute "sts" {
      type        = string
      mode        = "optional"
      description = "Address of sts."
    }
    attribute "wafv2" {
      type        = string
      mode        = "optional"
      description = "Address of wafv2."
    }
    attribute "xray" {
      type        = string
      mode        = "optional"
      description = "Address of xray."
    }
  }
  block "ignore_tags" {
    nesting     = "list"
    max         = 1
    description = "Tags that are neither read nor removed."
    attribute "key_prefixes" {
      type        = set(string)
      mode        = "optional"
      description = "Beginnings of keys."
    }
    attribute "keys" {
      type        = set(string)
      mode        = "optional"
      description = "Keys."
    }
  }
}
