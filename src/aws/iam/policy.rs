//! `aws_iam_policy`

use std::time::Duration;

use aws_sdk_iam::types::{Policy as SdkPolicy, PolicyVersion};
use bastionless_model::{
    cloud::{Failure, Found, INTENT_TAG, Identity, Intent, Observed, OpError, Operation},
    value::Value,
};

use super::directory::{
    listing_pays, policy_details, remove, sdk_tags, tags_of, unless_denied, write, write_to_new,
};
use crate::{
    clients::Scope,
    documents,
    errors::{Call, Tolerate, incomplete},
    kind::{Kind, each, observed, ours, read_back, unfinished},
    names,
    shape::{Shape, changed, given, number, settled, some_text, text},
    tags::{self, Tags},
};

/// How many versions a policy may have.
const MOST_VERSIONS: usize = 5;

/// Managed policies of the account.
pub(crate) struct Policy {
    scope: Scope,
    shape: Shape,
}

impl Policy {
    /// Makes the reconciler.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::managed("aws_iam_policy"),
        }
    }

    fn value(
        &self,
        policy: &SdkPolicy,
        document: &str,
        found: &Tags,
        prior: Option<&Value>,
    ) -> Value {
        let (own, all) = self.scope.tag_rules().split(found, prior);
        let name = policy.policy_name().unwrap_or_default();
        self.shape.object([
            ("arn", text(policy.arn())),
            ("attachment_count", number(policy.attachment_count())),
            ("description", some_text(policy.description())),
            ("id", text(policy.arn())),
            ("name", text(Some(name))),
            ("name_prefix", text(names::prefix(name))),
            ("path", text(policy.path())),
            ("policy", text(Some(document))),
            ("policy_id", text(policy.policy_id())),
            ("tags", own),
            ("tags_all", all),
        ])
    }

    /// Reads one policy. `known` are the documents by version that a listing gave.
    async fn read(
        &self,
        arn: &str,
        prior: Option<&Value>,
        known: &[PolicyVersion],
    ) -> Result<Option<Value>, OpError> {
        let answer = self.scope.iam().get_policy().policy_arn(arn).send().await;
        let Some(policy) = answer
            .op("iam:GetPolicy")
            .optional()?
            .and_then(|a| a.policy)
        else {
            return Ok(None);
        };
        let version = policy.default_version_id().unwrap_or_default();
        let listed = known
            .iter()
            .find(|v| v.version_id() == Some(version))
            .and_then(|v| v.document.clone());
        let document = match listed {
            Some(document) => document,
            None => match self.version(arn, version).await? {
                Some(document) => document,
                None => return Ok(None),
            },
        };
        Ok(Some(self.value(
            &policy,
            &documents::from_iam(&document),
            &tags_of(policy.tags()),
            prior,
        )))
    }

    async fn version(&self, arn: &str, version: &str) -> Result<Option<String>, OpError> {
        let call = self
            .scope
            .iam()
            .get_policy_version()
            .policy_arn(arn)
            .version_id(version);
        let answer = call.send().await.op("iam:GetPolicyVersion").optional()?;
        Ok(answer
            .and_then(|a| a.policy_version)
            .and_then(|v| v.document))
    }

    fn name(planned: &Value, intent: Option<&Intent>) -> Option<String> {
        names::name(planned, ("name", "name_prefix"), "terraform-", intent)
    }

    async fn begin(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        name: &str,
    ) -> Result<SdkPolicy, OpError> {
        let answer = write(&self.scope, op, || async {
            self.scope
                .iam()
                .create_policy()
                .policy_name(name)
                .set_path(given(planned, "path").map(str::to_owned))
                .set_description(given(planned, "description").map(str::to_owned))
                .policy_document(planned.get_str("policy").unwrap_or_default())
                .set_tags(Some(sdk_tags(&tags::marked(planned, op.intent))))
                .send()
                .await
                .op("iam:CreatePolicy")
        })
        .await?;
        answer
            .policy
            .ok_or_else(|| incomplete("iam:CreatePolicy", "policy"))
    }

    async fn versions(&self, arn: &str) -> Result<Vec<PolicyVersion>, OpError> {
        let pages = self
            .scope
            .iam()
            .list_policy_versions()
            .policy_arn(arn)
            .into_paginator();
        pages
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .op("iam:ListPolicyVersions")
    }

    async fn delete_version(
        &self,
        op: &Operation<'_>,
        arn: &str,
        version: &PolicyVersion,
    ) -> Result<(), OpError> {
        remove(&self.scope, op, || async {
            let call = self.scope.iam().delete_policy_version().policy_arn(arn);
            let call = call.version_id(version.version_id().unwrap_or_default());
            call.send().await.op("iam:DeletePolicyVersion").map(|_| ())
        })
        .await
    }

    /// Makes room where there are as many versions as may be: deletes the oldest that is not the default.
    async fn prune(&self, op: &Operation<'_>, arn: &str) -> Result<(), OpError> {
        let versions = self.versions(arn).await?;
        if versions.len() < MOST_VERSIONS {
            return Ok(());
        }
        let number = |v: &PolicyVersion| {
            v.version_id()
                .and_then(|id| id.strip_prefix('v')?.parse::<u32>().ok())
                .unwrap_or(u32::MAX)
        };
        let spare = versions.iter().filter(|v| !v.is_default_version);
        // Versions are numbered in the order of their making, also where dates are equal.
        match spare.min_by_key(|v| number(v)) {
            Some(oldest) => self.delete_version(op, arn, oldest).await,
            None => Ok(()),
        }
    }

    async fn new_version(
        &self,
        op: &Operation<'_>,
        arn: &str,
        planned: &Value,
    ) -> Result<(), OpError> {
        self.prune(op, arn).await?;
        let delay = planned
            .get_i64("delay_after_policy_creation_in_ms")
            .and_then(|n| u64::try_from(n).ok());
        let iam = self.scope.iam();
        let made = write(&self.scope, op, || async {
            iam.create_policy_version()
                .policy_arn(arn)
                .policy_document(planned.get_str("policy").unwrap_or_default())
                .set_as_default(delay.is_none())
                .send()
                .await
                .op("iam:CreatePolicyVersion")
        })
        .await?;
        let (Some(delay), Some(version)) = (delay, made.policy_version.and_then(|v| v.version_id))
        else {
            return Ok(());
        };
        tokio::time::sleep(self.scope.pace().scaled(Duration::from_millis(delay))).await;
        write_to_new(&self.scope, op, || async {
            let call = iam
                .set_default_policy_version()
                .policy_arn(arn)
                .version_id(&version);
            call.send()
                .await
                .op("iam:SetDefaultPolicyVersion")
                .map(|_| ())
        })
        .await
    }

    async fn change_tags(
        &self,
        op: &Operation<'_>,
        arn: &str,
        change: &tags::TagChange,
    ) -> Result<(), OpError> {
        let iam = self.scope.iam();
        if !change.remove.is_empty() {
            write(&self.scope, op, || async {
                let call = iam
                    .untag_policy()
                    .policy_arn(arn)
                    .set_tag_keys(Some(change.remove.clone()));
                call.send().await.op("iam:UntagPolicy")
            })
            .await?;
        }
        if !change.set.is_empty() {
            write(&self.scope, op, || async {
                let call = iam
                    .tag_policy()
                    .policy_arn(arn)
                    .set_tags(Some(sdk_tags(&change.set)));
                call.send().await.op("iam:TagPolicy")
            })
            .await?;
        }
        Ok(())
    }

    async fn read_new(
        &self,
        op: &Operation<'_>,
        arn: &str,
        planned: &Value,
    ) -> Result<Value, OpError> {
        let what = format!("IAM Policy ({arn}) to be visible");
        read_back(&self.scope, op, &what, (&self.shape, planned), || {
            self.read(arn, Some(planned), &[])
        })
        .await
    }
}

impl Kind for Policy {
    const NATURAL_KEY: bool = true;

    async fn observe(&self, ids: &[Identity]) -> Vec<Observed> {
        // The listing has documents but no tags, so a call for each remains; it saves the second one.
        let listed = if listing_pays(&self.scope, ids.len(), "LocalManagedPolicy") {
            match unless_denied(policy_details(&self.scope).await) {
                Ok(listed) => listed,
                Err(e) => {
                    return ids
                        .iter()
                        .map(|_| Observed::Unreadable(e.clone()))
                        .collect();
                }
            }
        } else {
            None
        };
        each(ids, |id| {
            let known = listed
                .as_ref()
                .and_then(|l| l.get(&id.id))
                .map(|d| d.policy_version_list());
            async move {
                observed(
                    self.read(&id.id, id.prior.as_ref(), known.unwrap_or_default())
                        .await,
                )
            }
        })
        .await
    }

    async fn create(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let name = Self::name(planned, Some(op.intent)).unwrap_or_default();
        let document = planned.get_str("policy").unwrap_or_default();
        let made = self.begin(op, planned, &name).await;
        let made = made.map(|p| self.value(&p, document, &tags::wanted(planned), Some(planned)));
        let state = settled(planned, &ours(self, op, planned, made).await?);
        op.progress.created(&state).await;
        let arn = given(&state, "id").unwrap_or_default();
        self.read_new(op, arn, planned)
            .await
            .map_err(|e| unfinished(e, &state))
    }

    async fn update(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let arn = given(prior, "id").unwrap_or_default();
        if changed(prior, planned, "policy") {
            self.new_version(op, arn, planned).await?;
        }
        if let Some(change) = tags::change(prior, planned) {
            self.change_tags(op, arn, &change).await?;
        }
        Ok(self.read_new(op, arn, planned).await?)
    }

    async fn delete(&self, op: &Operation<'_>, prior: &Value) -> Result<(), Failure> {
        let arn = given(prior, "id").unwrap_or_default();
        let versions = self.versions(arn).await.optional()?.unwrap_or_default();
        for version in versions.iter().filter(|v| !v.is_default_version) {
            self.delete_version(op, arn, version).await?;
        }
        remove(&self.scope, op, || async {
            let call = self.scope.iam().delete_policy().policy_arn(arn);
            call.send().await.op("iam:DeletePolicy").map(|_| ())
        })
        .await?;
        Ok(())
    }

    async fn find(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let Some(name) = Self::name(planned, intent) else {
            return Ok(Found::Nothing);
        };
        let path = given(planned, "path").unwrap_or("/");
        let account = self.scope.account().await?;
        let arn = format!(
            "arn:{}:iam::{account}:policy{path}{name}",
            self.scope.partition()
        );
        let answer = self.scope.iam().get_policy().policy_arn(&arn).send().await;
        let Some(policy) = answer
            .op("iam:GetPolicy")
            .optional()?
            .and_then(|a| a.policy)
        else {
            return Ok(Found::Nothing);
        };
        if intent.is_some_and(|i| tags::is_marked(&tags_of(policy.tags()), i)) {
            let value = self.read(&arn, Some(planned), &[]).await?;
            return Ok(value.map_or(Found::Nothing, Found::Ours));
        }
        Ok(Found::Unproven {
            id: arn,
            why: format!(
                "a policy of this name exists, without the tag `{INTENT_TAG}` of this run"
            ),
        })
    }

    async fn clear_marker(&self, states: &[Value]) -> Result<(), OpError> {
        let cleared = each(states, |state| async {
            let arn = given(state, "id").unwrap_or_default();
            let call = self
                .scope
                .iam()
                .untag_policy()
                .policy_arn(arn)
                .tag_keys(INTENT_TAG);
            call.send()
                .await
                .op("iam:UntagPolicy")
                .optional()
                .map(|_| ())
        })
        .await;
        self.scope.listings().forget("iam");
        cleared.into_iter().collect()
    }
}
