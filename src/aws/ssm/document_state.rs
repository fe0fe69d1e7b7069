//! Reading of documents.

use aws_sdk_ssm::types::{
    DocumentDescription, DocumentFormat, DocumentPermissionType, PlatformType,
    ResourceTypeForTagging, Tag,
};
use bastionless_model::{
    cloud::OpError,
    value::{Type, Value},
};

use super::document::Document;
use crate::{
    errors::{Call, Tolerate},
    names,
    shape::{given, objects, part, some_text, text, texts},
    tags::Tags,
};

/// Writes the service's tags.
pub(super) fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .filter_map(|(k, v)| Tag::builder().key(k).value(v).build().ok())
        .collect()
}

/// Returns the accounts that `permissions` names.
pub(super) fn accounts_of(document: &Value) -> Vec<String> {
    let ids = document
        .get("permissions")
        .and_then(|p| given(p, "account_ids"))
        .unwrap_or_default();
    ids.split(',')
        .map(str::trim)
        .filter(|a| !a.is_empty())
        .map(str::to_owned)
        .collect()
}

impl Document {
    /// Describes a document.
    pub(super) async fn describe(
        &self,
        name: &str,
    ) -> Result<Option<DocumentDescription>, OpError> {
        let answer = self.scope.ssm().describe_document().name(name).send().await;
        Ok(answer
            .op("ssm:DescribeDocument")
            .optional()?
            .and_then(|a| a.document))
    }

    /// Reads the tags.
    pub(super) async fn tags(&self, name: &str) -> Result<Tags, OpError> {
        let call = self
            .scope
            .ssm()
            .list_tags_for_resource()
            .resource_type(ResourceTypeForTagging::Document);
        let answer = call
            .resource_id(name)
            .send()
            .await
            .op("ssm:ListTagsForResource")
            .optional()?;
        let found = answer.and_then(|a| a.tag_list).unwrap_or_default();
        Ok(found.into_iter().map(|t| (t.key, t.value)).collect())
    }

    /// Lists the accounts that a document is shared with.
    pub(super) async fn shared_with(&self, name: &str) -> Result<Vec<String>, OpError> {
        let mut accounts = Vec::new();
        let mut next = None;
        loop {
            let call = self.scope.ssm().describe_document_permission().name(name);
            let call = call
                .permission_type(DocumentPermissionType::Share)
                .set_next_token(next);
            let page = call.send().await.op("ssm:DescribeDocumentPermission")?;
            accounts.extend(page.account_ids.unwrap_or_default());
            next = page.next_token.filter(|t| !t.is_empty());
            if next.is_none() {
                return Ok(accounts);
            }
        }
    }

    /// Reads a document.
    pub(super) async fn read(
        &self,
        name: &str,
        prior: Option<&Value>,
    ) -> Result<Option<Value>, OpError> {
        let Some(document) = self.describe(name).await? else {
            return Ok(None);
        };
        let format = document
            .document_format
            .clone()
            .unwrap_or(DocumentFormat::Json);
        let call = self
            .scope
            .ssm()
            .get_document()
            .name(name)
            // What sessions use; a later version that is not the default changes nothing.
            .document_version("$DEFAULT");
        let Some(content) = call
            .document_format(format)
            .send()
            .await
            .op("ssm:GetDocument")
            .optional()?
        else {
            return Ok(None);
        };
        let accounts = self.shared_with(name).await.optional()?.unwrap_or_default();
        let tags = self.tags(name).await?;
        let content = content.content.as_deref();
        let arn = self
            .arn(document.document_type().map(|t| t.as_str()), name)
            .await?;
        Ok(Some(
            self.value(&document, arn, content, &tags, &accounts, prior),
        ))
    }

    /// Makes the ARN; automations have a resource type of their own.
    pub(super) async fn arn(&self, kind: Option<&str>, name: &str) -> Result<String, OpError> {
        let resource = if kind == Some("Automation") {
            "automation-definition"
        } else {
            "document"
        };
        self.scope.arn("ssm", &format!("{resource}/{name}")).await
    }

    /// Makes the state.
    pub(super) fn value(
        &self,
        document: &DocumentDescription,
        arn: String,
        content: Option<&str>,
        tags: &Tags,
        accounts: &[String],
        prior: Option<&Value>,
    ) -> Value {
        let (own, all) = self.scope.tag_rules().split(tags, prior);
        let name = document.name().unwrap_or_default();
        let parameters = document.parameters().iter().map(|p| {
            part([
                ("name", text(p.name())),
                ("type", text(p.r#type().map(|t| t.as_str()))),
                ("default_value", some_text(p.default_value())),
                ("description", some_text(p.description())),
            ])
        });
        let permissions = if accounts.is_empty() {
            Value::null(Type::map(Type::String))
        } else {
            Value::map(
                Type::String,
                [
                    ("type", Value::from("Share")),
                    ("account_ids", Value::from(accounts.join(","))),
                ],
            )
        };
        self.shape.object([
            ("arn", text(Some(arn))),
            ("content", text(content)),
            (
                "created_date",
                text(document.created_date().map(|d| names::timestamp(d.secs()))),
            ),
            ("default_version", text(document.default_version())),
            ("description", some_text(document.description())),
            (
                "document_format",
                text(document.document_format().map(|f| f.as_str())),
            ),
            (
                "document_type",
                text(document.document_type().map(|t| t.as_str())),
            ),
            ("document_version", text(document.document_version())),
            ("hash", text(document.hash())),
            ("hash_type", text(document.hash_type().map(|h| h.as_str()))),
            ("id", text(Some(name))),
            ("latest_version", text(document.latest_version())),
            ("name", text(Some(name))),
            ("owner", text(document.owner())),
            ("parameter", objects(parameters)),
            ("permissions", permissions),
            (
                "platform_types",
                texts(document.platform_types().iter().map(PlatformType::as_str)),
            ),
            ("region", text(Some(self.scope.region()))),
            ("schema_version", text(document.schema_version())),
            ("status", text(document.status().map(|s| s.as_str()))),
            ("tags", own),
            ("tags_all", all),
            ("target_type", some_text(document.target_type())),
            ("version_name", some_text(document.version_name())),
        ])
    }
}
