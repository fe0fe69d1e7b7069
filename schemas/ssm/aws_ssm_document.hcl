resource "aws_ssm_document" {
  description = "A Systems Manager document, for example Session Manager preferences."
  version     = 0
  legacy      = true
  identity    = ["name"]
  import      = "document name"
  actions = {
    create = ["ssm:CreateDocument", "ssm:ModifyDocumentPermission", "ssm:AddTagsToResource"]
    read   = ["ssm:DescribeDocument", "ssm:GetDocument", "ssm:DescribeDocumentPermission", "ssm:ListTagsForResource"]
    update = ["ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion", "ssm:ModifyDocumentPermission", "ssm:AddTagsToResource", "ssm:RemoveTagsFromResource"]
    delete = ["ssm:DescribeDocumentPermission", "ssm:ModifyDocumentPermission", "ssm:DeleteDocument"]
  }
  attribute "arn" {
    type        = string
    mode        = "computed"
    description = "ARN of the SSM document."
  }
  attribute "content" {
    type        = string
    mode        = "required"
    description = "Text content."
  }
  attribute "created_date" {
    type        = string
    mode        = "computed"
    description = "Creation time."
  }
  attribute "default_version" {
    type                 = string
    mode                 = "computed"
    unknown_when_changed = ["content"]
    description          = "Default version."
  }
  attribute "description" {
    type        = string
    mode        = "computed"
    description = "Description of the SSM document."
  }
  attribute "document_format" {
    type        = string
    mode        = "optional"
    default     = "JSON"
    values      = ["JSON", "TEXT", "YAML"]
    description = "JSON, YAML or TEXT."
  }
  attribute "document_type" {
    type        = string
    mode        = "required"
    description = "Kind of document, such as Command or Session."
  }
  attribute "document_version" {
    type                 = string
    mode                 = "computed"
    unknown_when_changed = ["content"]
    description          = "Document version."
  }
  attribute "hash" {
    type                 = string
    mode                 = "computed"
    unknown_when_changed = ["content"]
    description          = "Hash of the content."
  }
  attribute "hash_type" {
    type        = string
    mode        = "computed"
    description = "Hash algorithm."
  }
  attribute "id" {
    type        = string
    mode        = "optional+computed"
    description = "Id of the SSM document."
  }
  attribute "latest_version" {
    type                 = string
    mode                 = "computed"
    unknown_when_changed = ["content"]
    description          = "Newest version."
  }
  attribute "name" {
    type        = string
    mode        = "required"
    replace     = true
    description = "Name of the SSM document."
  }
  attribute "owner" {
    type        = string
    mode        = "computed"
    description = "Owner."
  }
  attribute "parameter" {
    type                 = list(object({ default_value = string, description = string, name = string, type = string }))
    mode                 = "computed"
    unknown_when_changed = ["content"]
    description          = "Document parameters."
  }
  attribute "permissions" {
    type        = map(string)
    mode        = "optional"
    description = "Sharing: keys type and account_ids."
  }
  attribute "platform_types" {
    type        = list(string)
    mode        = "computed"
    description = "Operating systems of the document."
  }
  attribute "region" {
    type         = string
    mode         = "optional+computed"
    default_from = "provider_region"
    replace      = true
    description  = "Region of the resource; default from the provider."
  }
  attribute "schema_version" {
    type        = string
    mode        = "computed"
    description = "Schema version of the document."
  }
  attribute "status" {
    type        = string
    mode        = "computed"
    volatile    = true
    description = "Status of the SSM document."
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
  attribute "target_type" {
    type        = string
    mode        = "optional"
    description = "Kind of target."
  }
  attribute "version_name" {
    type        = string
    mode        = "optional"
    description = "Name of the document version."
  }
  block "attachments_source" {
    nesting     = "list"
    max         = 20
    unread      = true
    description = "Files attached to the document."
    attribute "key" {
      type        = string
      mode        = "required"
      description = "Key of the attachments source. Known values: SourceUrl, S3FileUrl, AttachmentReference."
    }
    attribute "name" {
      type        = string
      mode        = "optional"
      description = "Name of the attachments source."
    }
    attribute "values" {
      type        = list(string)
      mode        = "required"
      description = "Values of the attachments source."
    }
  }
}
