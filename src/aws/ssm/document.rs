//! `aws_ssm_document`

use aws_sdk_ssm::types::{
    AttachmentsSource, AttachmentsSourceKey, DocumentDescription, DocumentFormat,
    DocumentPermissionType, DocumentType, ResourceTypeForTagging,
};
use bastionless_model::{
    cloud::{Failure, Found, INTENT_TAG, Identity, Intent, Observed, OpError, Operation},
    value::Value,
};

use super::document_state::{accounts_of, sdk_tags};
use crate::{
    clients::Scope,
    errors::{Call, Tolerate, has_code, incomplete},
    kind::{Kind, each, observed, ours, read_back, unfinished},
    shape::{Shape, changed, given, settled, strings},
    tags,
    waiters::{self, PROPAGATION, retry_while},
};

/// How many accounts one call shares a document with.
const ACCOUNTS: usize = 20;

/// Documents.
pub(crate) struct Document {
    pub(super) scope: Scope,
    pub(super) shape: Shape,
}

fn attachments(planned: &Value) -> Result<Option<Vec<AttachmentsSource>>, OpError> {
    let blocks = planned
        .get("attachments_source")
        .and_then(Value::elements)
        .unwrap_or_default();
    let sources = blocks.iter().map(|b| {
        Ok(AttachmentsSource::builder()
            .set_key(given(b, "key").map(AttachmentsSourceKey::from))
            .set_name(given(b, "name").map(str::to_owned))
            .set_values(Some(strings(b.get("values"))))
            .build())
    });
    let sources = sources.collect::<Result<Vec<_>, OpError>>()?;
    Ok((!sources.is_empty()).then_some(sources))
}

impl Document {
    /// Makes the reconciler.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::managed("aws_ssm_document"),
        }
    }

    async fn begin(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<DocumentDescription, OpError> {
        op.progress.permit()?;
        let answer = self
            .scope
            .ssm()
            .create_document()
            .name(name)
            .content(planned.get_str("content").unwrap_or_default())
            .set_document_type(given(planned, "document_type").map(DocumentType::from))
            .set_document_format(given(planned, "document_format").map(DocumentFormat::from))
            .set_target_type(given(planned, "target_type").map(str::to_owned))
            .set_version_name(given(planned, "version_name").map(str::to_owned))
            .set_attachments(attachments(planned)?)
            .set_tags(Some(sdk_tags(&tags::marked(planned, op.intent))))
            .send()
            .await
            .op("ssm:CreateDocument")?;
        answer
            .document_description
            .ok_or_else(|| incomplete("ssm:CreateDocument", "document"))
    }

    async fn wait_active(&self, op: &Operation<'_>, name: &str) -> Result<(), OpError> {
        let limited = Operation {
            timeout: op.timeout.min(PROPAGATION),
            ..*op
        };
        let what = format!("SSM Document ({name}) to be active");
        waiters::wait_for(self.scope.pace(), &limited, &what, || async {
            let Some(document) = self.describe(name).await? else {
                return Ok(waiters::Poll::Pending("not visible yet".into()));
            };
            let status = document.status.as_ref().map_or("", |s| s.as_str());
            match status {
                "Creating" | "Updating" => Ok(waiters::Poll::Pending(status.to_owned())),
                "Failed" => Err(OpError::new(
                    bastionless_model::cloud::OpErrorKind::Invalid,
                    format!("waiting for {what}"),
                    document
                        .status_information
                        .unwrap_or_else(|| "the document has failed".into()),
                )),
                _ => Ok(waiters::Poll::Ready(())),
            }
        })
        .await
    }

    /// Returns the newest version with a content, compared as JSON where both are; the latest one where none has it.
    async fn version_with(&self, name: &str, content: &str) -> Result<Option<String>, OpError> {
        let latest = self.describe(name).await?.and_then(|d| d.latest_version);
        let newest = latest
            .as_deref()
            .and_then(|v| v.parse::<u32>().ok())
            .unwrap_or(0);
        for version in (1..=newest).rev() {
            let version = version.to_string();
            let found = self
                .scope
                .ssm()
                .get_document()
                .name(name)
                .document_version(&version)
                .send()
                .await;
            // Versions can be deleted one by one.
            let Some(found) = found
                .op("ssm:GetDocument")
                .unless(&["InvalidDocumentVersion"])?
            else {
                continue;
            };
            let held = found.content.unwrap_or_default();
            if held == content || bastionless_model::iam::json_equivalent(&held, content) {
                return Ok(Some(version));
            }
        }
        Ok(latest)
    }

    /// Makes a new version, and makes it the default.
    async fn new_version(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<(), OpError> {
        let ssm = self.scope.ssm();
        op.progress.permit()?;
        let answer = ssm
            .update_document()
            .name(name)
            .document_version("$LATEST")
            .content(planned.get_str("content").unwrap_or_default())
            .set_document_format(given(planned, "document_format").map(DocumentFormat::from))
            .set_target_type(given(planned, "target_type").map(str::to_owned))
            .set_version_name(given(planned, "version_name").map(str::to_owned))
            .set_attachments(attachments(planned)?)
            .send()
            .await
            .op("ssm:UpdateDocument");
        let version = match answer {
            Ok(answer) => answer.document_description.and_then(|d| d.document_version),
            // Some version says this already, not always the latest one; it only has to become the default.
            Err(e) if has_code(&e, &["DuplicateDocumentContent"]) => {
                self.version_with(name, planned.get_str("content").unwrap_or_default())
                    .await?
            }
            Err(e) => return Err(e),
        };
        let version = version.ok_or_else(|| incomplete("ssm:UpdateDocument", "version"))?;
        let busy =
            |e: &OpError| has_code(e, &["InvalidDocumentOperation", "InvalidDocumentVersion"]);
        retry_while(self.scope.pace(), op, PROPAGATION, busy, || async {
            let call = ssm
                .update_document_default_version()
                .name(name)
                .document_version(&version);
            call.send().await.op("ssm:UpdateDocumentDefaultVersion")
        })
        .await?;
        self.wait_active(op, name).await
    }

    async fn share(
        &self,
        op: &Operation<'_>,
        name: &str,
        add: &[String],
        remove: &[String],
    ) -> Result<(), OpError> {
        for (accounts, adding) in [(add, true), (remove, false)] {
            for chunk in accounts.chunks(ACCOUNTS) {
                op.progress.permit()?;
                let call = self.scope.ssm().modify_document_permission().name(name);
                let call = call.permission_type(DocumentPermissionType::Share);
                let call = if adding {
                    call.set_account_ids_to_add(Some(chunk.to_vec()))
                } else {
                    call.set_account_ids_to_remove(Some(chunk.to_vec()))
                };
                call.send().await.op("ssm:ModifyDocumentPermission")?;
            }
        }
        Ok(())
    }

    async fn change_tags(
        &self,
        op: &Operation<'_>,
        name: &str,
        change: &tags::TagChange,
    ) -> Result<(), OpError> {
        let ssm = self.scope.ssm();
        if !change.remove.is_empty() {
            op.progress.permit()?;
            let call = ssm
                .remove_tags_from_resource()
                .resource_type(ResourceTypeForTagging::Document);
            let call = call
                .resource_id(name)
                .set_tag_keys(Some(change.remove.clone()));
            call.send().await.op("ssm:RemoveTagsFromResource")?;
        }
        if !change.set.is_empty() {
            op.progress.permit()?;
            let call = ssm
                .add_tags_to_resource()
                .resource_type(ResourceTypeForTagging::Document);
            let call = call.resource_id(name).set_tags(Some(sdk_tags(&change.set)));
            call.send().await.op("ssm:AddTagsToResource")?;
        }
        Ok(())
    }

    async fn change(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
        name: &str,
    ) -> Result<(), OpError> {
        if let Some(change) = tags::change(prior, planned) {
            self.change_tags(op, name, &change).await?;
        }
        if changed(prior, planned, "permissions") {
            let (old, new) = (accounts_of(prior), accounts_of(planned));
            let add: Vec<_> = new.iter().filter(|a| !old.contains(a)).cloned().collect();
            let remove: Vec<_> = old.iter().filter(|a| !new.contains(a)).cloned().collect();
            self.share(op, name, &add, &remove).await?;
        }
        let content = changed(prior, planned, "content");
        let around = [
            "document_format",
            "target_type",
            "version_name",
            "attachments_source",
        ];
        // A document of schema 1.x takes nothing but content.
        let old_schema = given(prior, "schema_version").is_some_and(|v| v.starts_with("1."));
        if content || (!old_schema && around.iter().any(|a| changed(prior, planned, a))) {
            self.new_version(op, planned, name).await?;
        }
        Ok(())
    }

    async fn finish(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<Value, OpError> {
        let accounts = accounts_of(planned);
        if !accounts.is_empty() {
            self.share(op, name, &accounts, &[]).await?;
        }
        self.wait_active(op, name).await?;
        self.read_new(op, planned, name).await
    }

    async fn read_new(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<Value, OpError> {
        let what = format!("SSM Document ({name}) to be visible");
        read_back(&self.scope, op, &what, (&self.shape, planned), || {
            self.read(name, Some(planned))
        })
        .await
    }
}

impl Kind for Document {
    const NATURAL_KEY: bool = true;

    async fn observe(&self, ids: &[Identity]) -> Vec<Observed> {
        each(ids, |id| async {
            observed(self.read(&id.id, id.prior.as_ref()).await)
        })
        .await
    }

    async fn create(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let name = planned.get_str("name").unwrap_or_default();
        // Asked before the call, so that nothing can fail between the call and its record.
        let arn = self.arn(given(planned, "document_type"), name).await?;
        let made = self.begin(op, planned, name).await.map(|document| {
            let content = planned.get_str("content");
            let (tags, accounts) = (tags::wanted(planned), accounts_of(planned));
            self.value(&document, arn, content, &tags, &accounts, Some(planned))
        });
        let state = settled(planned, &ours(self, op, planned, made).await?);
        op.progress.created(&state).await;
        self.finish(op, planned, name)
            .await
            .map_err(|e| unfinished(e, &state))
    }

    async fn update(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let name = given(prior, "id").unwrap_or_default();
        self.change(op, prior, planned, name).await?;
        Ok(self.read_new(op, planned, name).await?)
    }

    async fn delete(&self, op: &Operation<'_>, prior: &Value) -> Result<(), Failure> {
        let name = given(prior, "id").unwrap_or_default();
        // A shared document cannot be deleted.
        let shared = self.shared_with(name).await.optional()?.unwrap_or_default();
        self.share(op, name, &[], &shared).await?;
        op.progress.permit()?;
        self.scope
            .ssm()
            .delete_document()
            .name(name)
            .send()
            .await
            .op("ssm:DeleteDocument")
            .optional()?;
        let what = format!("SSM Document ({name}) to be deleted");
        waiters::wait_for(self.scope.pace(), op, &what, || async {
            Ok(match self.describe(name).await? {
                Some(d) => waiters::Poll::Pending(
                    d.status.map_or_else(String::new, |s| s.as_str().to_owned()),
                ),
                None => waiters::Poll::Ready(()),
            })
        })
        .await?;
        Ok(())
    }

    async fn find(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let name = planned.get_str("name").unwrap_or_default();
        if self.describe(name).await?.is_none() {
            return Ok(Found::Nothing);
        }
        let found = self.tags(name).await?;
        if intent.is_some_and(|i| tags::is_marked(&found, i)) {
            let value = self.read(name, Some(planned)).await?;
            return Ok(value.map_or(Found::Nothing, Found::Ours));
        }
        Ok(Found::Unproven {
            id: name.to_owned(),
            why: format!(
                "a document of this name exists, without the tag `{INTENT_TAG}` of this run"
            ),
        })
    }

    async fn clear_marker(&self, states: &[Value]) -> Result<(), OpError> {
        let cleared = each(states, |state| async {
            let call = self
                .scope
                .ssm()
                .remove_tags_from_resource()
                .resource_type(ResourceTypeForTagging::Document);
            let call = call
                .resource_id(given(state, "id").unwrap_or_default())
                .tag_keys(INTENT_TAG);
            call.send()
                .await
                .op("ssm:RemoveTagsFromResource")
                .optional()
                .map(|_| ())
        })
        .await;
        cleared.into_iter().collect()
    }
}
