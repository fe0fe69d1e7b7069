//! Data source `aws_iam_policy`

use aws_sdk_iam::types::{Policy, PolicyScopeType};
use bastionless_model::{
    cloud::{OpError, OpErrorKind},
    value::Value,
};

use super::directory::tags_of;
use crate::{
    clients::Scope,
    documents,
    errors::{Call, Tolerate},
    kind::Source,
    shape::{Shape, given, number, some_text, text},
    tags,
};

/// Looks a managed policy up by ARN, name, path or tags; policies of AWS too.
pub(crate) struct PolicySource {
    scope: Scope,
    shape: Shape,
}

impl PolicySource {
    /// Makes the data source.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::data("aws_iam_policy"),
        }
    }

    async fn arn(&self, config: &Value) -> Result<String, OpError> {
        if let Some(arn) = given(config, "arn") {
            return Ok(arn.to_owned());
        }
        let name = given(config, "name");
        // The common case, a policy of AWS by its name, needs no list of all of them.
        if let (Some(name), None) = (name, given(config, "path_prefix"))
            && config
                .get("tags")
                .is_none_or(|t| tags::from_value(Some(t)).is_empty())
        {
            let own = format!(
                "arn:{}:iam::{}:policy/{name}",
                self.scope.partition(),
                self.scope.account().await?
            );
            if self.get(&own).await?.is_some() {
                return Ok(own);
            }
        }
        let found = self.list(config, name).await?;
        match found.as_slice() {
            [one] => Ok(one.arn().unwrap_or_default().to_owned()),
            [] => Err(OpError::new(
                OpErrorKind::NotFound,
                "iam:ListPolicies",
                "no IAM policy matched; change the search criteria and try again",
            )),
            many => Err(OpError::new(
                OpErrorKind::Invalid,
                "iam:ListPolicies",
                format!(
                    "{} IAM policies matched; use additional constraints to reduce matches to a single policy",
                    many.len()
                ),
            )),
        }
    }

    async fn list(&self, config: &Value, name: Option<&str>) -> Result<Vec<Policy>, OpError> {
        let wanted = tags::from_value(config.get("tags"));
        let mut found = Vec::new();
        let mut pages = self
            .scope
            .iam()
            .list_policies()
            .scope(PolicyScopeType::All)
            .set_path_prefix(given(config, "path_prefix").map(str::to_owned))
            .into_paginator()
            .page_size(1000)
            .send();
        while let Some(page) = pages.next().await {
            for policy in page.op("iam:ListPolicies")?.policies.unwrap_or_default() {
                if name.is_some_and(|n| policy.policy_name() != Some(n)) {
                    continue;
                }
                if !wanted.is_empty() && !self.has_tags(&policy, &wanted).await? {
                    continue;
                }
                found.push(policy);
            }
        }
        Ok(found)
    }

    /// Lists of policies have no tags.
    async fn has_tags(&self, policy: &Policy, wanted: &tags::Tags) -> Result<bool, OpError> {
        let full = self.get(policy.arn().unwrap_or_default()).await?;
        let found = full.map(|p| tags_of(p.tags())).unwrap_or_default();
        Ok(wanted.iter().all(|(k, v)| found.get(k) == Some(v)))
    }

    async fn get(&self, arn: &str) -> Result<Option<Policy>, OpError> {
        let answer = self.scope.iam().get_policy().policy_arn(arn).send().await;
        Ok(answer
            .op("iam:GetPolicy")
            .optional()?
            .and_then(|a| a.policy))
    }
}

impl Source for PolicySource {
    async fn read(&self, config: &Value) -> Result<Value, OpError> {
        let arn = self.arn(config).await?;
        let missing = || {
            OpError::new(
                OpErrorKind::NotFound,
                "iam:GetPolicy",
                format!("there is no IAM policy {arn}"),
            )
        };
        let policy = self.get(&arn).await?.ok_or_else(missing)?;
        let call = self.scope.iam().get_policy_version().policy_arn(&arn);
        let version = call
            .version_id(policy.default_version_id().unwrap_or_default())
            .send()
            .await;
        let version = version.op("iam:GetPolicyVersion")?.policy_version;
        let document = version
            .and_then(|v| v.document)
            .map(|d| documents::from_iam(&d));
        let (_, all) = self.scope.tag_rules().split(&tags_of(policy.tags()), None);
        Ok(self.shape.object([
            ("arn", text(Some(&arn))),
            ("attachment_count", number(policy.attachment_count())),
            ("description", some_text(policy.description())),
            ("id", text(Some(&arn))),
            ("name", text(policy.policy_name())),
            ("path", text(policy.path())),
            ("path_prefix", text(given(config, "path_prefix"))),
            ("policy", text(document)),
            ("policy_id", text(policy.policy_id())),
            ("tags", all),
        ]))
    }
}
