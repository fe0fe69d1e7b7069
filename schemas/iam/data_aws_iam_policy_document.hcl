data "aws_iam_policy_document" {
  description = "The JSON text of an IAM policy written as blocks; computed without any call."
  legacy      = true
  refine      = "policy_document"
  actions     = { read = [] }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the IAM policy document."
  }
  attribute "json" {
    type        = string
    mode        = "computed"
    description = "Rendered policy document."
  }
  attribute "minified_json" {
    type        = string
    mode        = "computed"
    description = "Rendered policy document without white space."
  }
  attribute "override_json" {
    type        = string
    mode        = "optional"
    deprecated  = "no longer of use"
    description = "Policy merged over (removed input)."
  }
  attribute "override_policy_documents" {
    type        = list(string)
    mode        = "optional"
    description = "Policies merged, overriding equal Sids."
  }
  attribute "policy_id" {
    type        = string
    mode        = "optional"
    description = "Policy id."
  }
  attribute "source_json" {
    type        = string
    mode        = "optional"
    deprecated  = "no longer of use"
    description = "Policy merged under (removed input)."
  }
  attribute "source_policy_documents" {
    type        = list(string)
    mode        = "optional"
    description = "Policies merged; Sids must be unique."
  }
  attribute "version" {
    type        = string
    mode        = "optional"
    default     = "2012-10-17"
    values      = ["2008-10-17", "2012-10-17"]
    description = "Policy language version."
  }
  block "statement" {
    nesting     = "list"
    description = "Policy statement."
    attribute "actions" {
      type        = set(string)
      mode        = "optional"
      description = "API actions the statement covers."
    }
    attribute "effect" {
      type        = string
      mode        = "optional"
      default     = "Allow"
      values      = ["Allow", "Deny"]
      description = "Allow or Deny."
    }
    attribute "not_actions" {
      type        = set(string)
      mode        = "optional"
      description = "API actions left out."
    }
    attribute "not_resources" {
      type        = set(string)
      mode        = "optional"
      description = "Resources left out."
    }
    attribute "resources" {
      type        = set(string)
      mode        = "optional"
      description = "Resources of the statement."
    }
    attribute "sid" {
      type        = string
      mode        = "optional"
      description = "Statement id."
    }
    block "condition" {
      nesting     = "set"
      description = "Condition of the statement."
      attribute "test" {
        type        = string
        mode        = "required"
        description = "Condition operator."
      }
      attribute "values" {
        type        = list(string)
        mode        = "required"
        description = "Values of the condition."
      }
      attribute "variable" {
        type        = string
        mode        = "required"
        description = "Condition key."
      }
    }
    block "not_principals" {
      nesting     = "set"
      description = "Principals left out."
      attribute "identifiers" {
        type        = set(string)
        mode        = "required"
        description = "Principal identifiers."
      }
      attribute "type" {
        type        = string
        mode        = "required"
        description = "Kind of not principals. Known values: AWS, Service, Federated, CanonicalUser, *."
      }
    }
    block "principals" {
      nesting     = "set"
      description = "Principals of the statement."
      attribute "identifiers" {
        type        = set(string)
        mode        = "required"
        description = "Principal identifiers."
      }
      attribute "type" {
        type        = string
        mode        = "required"
        description = "Kind of principals. Known values: AWS, Service, Federated, CanonicalUser, *."
      }
    }
  }
}
