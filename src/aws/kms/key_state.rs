//! Reading of keys.

use aws_sdk_kms::types::{KeyMetadata, KeyState, OriginType};
use bastionless_model::{
    cloud::OpError,
    value::{Type, Value},
};

use super::key::{Key, spec};
use crate::{
    documents,
    errors::{Call, Tolerate},
    shape::{given, number, text, truth},
    tags::{self, Tags},
};

/// All that is known of a key.
pub(super) struct KeyFacts {
    meta: KeyMetadata,
    policy: Option<String>,
    /// Whether it rotates, and how often.
    rotation: (bool, Option<i32>),
    tags: Tags,
}

impl KeyFacts {
    /// A key right after it was made: as planned, but not rotating yet.
    pub(super) fn new_key(meta: KeyMetadata, planned: &Value) -> Self {
        Self {
            meta,
            policy: given(planned, "policy").map(str::to_owned),
            rotation: (false, None),
            tags: tags::wanted(planned),
        }
    }
}

/// A key that waits for its deletion cannot be used any more.
pub(super) fn is_gone(meta: &KeyMetadata) -> bool {
    matches!(
        meta.key_state,
        Some(KeyState::PendingDeletion | KeyState::PendingReplicaDeletion)
    )
}

impl Key {
    /// Reads a key; one that waits for its deletion is not there.
    pub(super) async fn read(
        &self,
        id: &str,
        prior: Option<&Value>,
    ) -> Result<Option<Value>, OpError> {
        let Some(meta) = self.metadata(id).await?.filter(|m| !is_gone(m)) else {
            return Ok(None);
        };
        let call = self
            .scope
            .kms()
            .get_key_policy()
            .key_id(id)
            .policy_name("default");
        let Some(policy) = call.send().await.op("kms:GetKeyPolicy").optional()? else {
            return Ok(None);
        };
        let policy = policy.policy.as_deref().map(documents::normalised);
        let rotation = self.rotation(id, &meta).await?;
        let tags = self.tags(id).await?;
        Ok(Some(self.value(
            KeyFacts {
                meta,
                policy,
                rotation,
                tags,
            },
            prior,
        )))
    }

    /// Describes a key.
    pub(super) async fn metadata(&self, id: &str) -> Result<Option<KeyMetadata>, OpError> {
        let answer = self.scope.kms().describe_key().key_id(id).send().await;
        Ok(answer
            .op("kms:DescribeKey")
            .optional()?
            .and_then(|a| a.key_metadata))
    }

    async fn rotation(&self, id: &str, meta: &KeyMetadata) -> Result<(bool, Option<i32>), OpError> {
        // Only material that KMS made itself, for symmetric encryption, can rotate.
        let symmetric = spec(meta).is_none_or(|s| s == "SYMMETRIC_DEFAULT");
        if !symmetric
            || meta
                .origin
                .as_ref()
                .is_some_and(|o| *o != OriginType::AwsKms)
        {
            return Ok((false, None));
        }
        let answer = self
            .scope
            .kms()
            .get_key_rotation_status()
            .key_id(id)
            .send()
            .await;
        let status = answer
            .op("kms:GetKeyRotationStatus")
            .unless(&["UnsupportedOperationException"])?;
        Ok(status.map_or((false, None), |s| {
            (
                s.key_rotation_enabled,
                s.rotation_period_in_days.filter(|_| s.key_rotation_enabled),
            )
        }))
    }

    /// Reads the tags.
    pub(super) async fn tags(&self, id: &str) -> Result<Tags, OpError> {
        let pages = self
            .scope
            .kms()
            .list_resource_tags()
            .key_id(id)
            .into_paginator()
            .page_size(50);
        let found = pages.items().send().collect::<Result<Vec<_>, _>>().await;
        let found = found
            .op("kms:ListResourceTags")
            .optional()?
            .unwrap_or_default();
        Ok(found
            .into_iter()
            .map(|t| (t.tag_key, t.tag_value))
            .collect())
    }

    /// Makes the state.
    pub(super) fn value(&self, facts: KeyFacts, prior: Option<&Value>) -> Value {
        let KeyFacts {
            meta,
            policy,
            rotation,
            tags,
        } = facts;
        let (own, all) = self.scope.tag_rules().split(&tags, prior);
        let store = meta.custom_key_store_id.as_ref();
        let xks = meta
            .xks_key_configuration
            .as_ref()
            .and_then(|x| x.id.as_ref());
        self.shape.object([
            ("arn", text(meta.arn.as_ref())),
            ("custom_key_store_id", text(store)),
            ("customer_master_key_spec", text(spec(&meta))),
            ("description", text(meta.description.as_ref())),
            ("enable_key_rotation", truth(Some(rotation.0))),
            ("id", text(Some(&meta.key_id))),
            ("is_enabled", truth(Some(meta.enabled))),
            ("key_id", text(Some(&meta.key_id))),
            (
                "key_usage",
                text(meta.key_usage.as_ref().map(|u| u.as_str())),
            ),
            (
                "multi_region",
                truth(Some(meta.multi_region.unwrap_or(false))),
            ),
            ("policy", text(policy)),
            ("region", text(Some(self.scope.region()))),
            (
                "rotation_period_in_days",
                rotation
                    .1
                    .map_or(Value::null(Type::Number), |d| number(Some(d))),
            ),
            ("tags", own),
            ("tags_all", all),
            ("xks_key_id", text(xks)),
        ])
    }
}
