//! `aws_kms_key`

use aws_sdk_kms::{
    config::retry::RetryConfig,
    types::{KeyMetadata, KeySpec, KeyUsageType, OriginType, Tag},
};
use bastionless_model::{
    cloud::{
        Failure, Found, INTENT_TAG, Identity, Intent, Observed, OpError, OpErrorKind, Operation,
    },
    value::{Type, Value},
};

use super::key_state::{KeyFacts, is_gone};
use crate::{
    clients::Scope,
    errors::{Call, Tolerate, has_code, incomplete},
    kind::{Kind, each, observed, ours, read_back, unfinished},
    shape::{Shape, changed, given, settled},
    tags::{self, Tags},
    waiters::{self, PROPAGATION, retry_while},
};

/// Keys.
pub(crate) struct Key {
    pub(super) scope: Scope,
    pub(super) shape: Shape,
}

/// Writes the service's tags.
fn sdk_tags(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .filter_map(|(k, v)| Tag::builder().tag_key(k).tag_value(v).build().ok())
        .collect()
}

/// A key, or a principal in its policy, that is not known everywhere yet.
fn is_early(e: &OpError) -> bool {
    has_code(
        e,
        &[
            "MalformedPolicyDocumentException",
            "NotFoundException",
            "KMSInvalidStateException",
        ],
    )
}

impl Key {
    /// Makes the reconciler.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::managed("aws_kms_key"),
        }
    }

    async fn begin(&self, op: &Operation<'_>, planned: &Value) -> Result<KeyMetadata, OpError> {
        let text = |name| given(planned, name).map(str::to_owned);
        let store = text("custom_key_store_id");
        let origin = match (&store, text("xks_key_id")) {
            (Some(_), Some(_)) => Some(OriginType::ExternalKeyStore),
            (Some(_), None) => Some(OriginType::AwsCloudhsm),
            _ => None,
        };
        // Asking twice makes two keys: only what is refused for certain is asked again, and that by us.
        let once = aws_sdk_kms::config::Config::builder().retry_config(RetryConfig::disabled());
        let early = |e: &OpError| {
            e.kind == OpErrorKind::Throttled || has_code(e, &["MalformedPolicyDocumentException"])
        };
        let answer = retry_while(self.scope.pace(), op, PROPAGATION, early, || async {
            self.scope
                .kms()
                .create_key()
                .set_description(text("description"))
                .set_policy(text("policy"))
                .bypass_policy_lockout_safety_check(
                    planned
                        .get_bool("bypass_policy_lockout_safety_check")
                        .unwrap_or(false),
                )
                .set_key_spec(text("customer_master_key_spec").map(|s| KeySpec::from(s.as_str())))
                .set_key_usage(text("key_usage").map(|s| KeyUsageType::from(s.as_str())))
                .set_multi_region(planned.get_bool("multi_region"))
                .set_custom_key_store_id(store.clone())
                .set_xks_key_id(text("xks_key_id"))
                .set_origin(origin.clone())
                .set_tags(Some(sdk_tags(&tags::marked(planned, op.intent))))
                .customize()
                .config_override(once.clone())
                .send()
                .await
                .op("kms:CreateKey")
        })
        .await?;
        answer
            .key_metadata
            .ok_or_else(|| incomplete("kms:CreateKey", "key"))
    }

    async fn write<T, F, Fut>(&self, op: &Operation<'_>, call: F) -> Result<T, OpError>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, OpError>>,
    {
        retry_while(self.scope.pace(), op, PROPAGATION, is_early, call).await
    }

    async fn rotate(&self, op: &Operation<'_>, planned: &Value, id: &str) -> Result<(), OpError> {
        let kms = self.scope.kms();
        if planned.get_bool("enable_key_rotation") == Some(true) {
            let period = planned
                .get_i64("rotation_period_in_days")
                .and_then(|n| i32::try_from(n).ok())
                // 0 is how a rotation that is off reads; the service takes its own default then.
                .filter(|n| *n != 0);
            return self
                .write(op, || async {
                    let call = kms
                        .enable_key_rotation()
                        .key_id(id)
                        .set_rotation_period_in_days(period);
                    call.send().await.op("kms:EnableKeyRotation").map(|_| ())
                })
                .await;
        }
        self.write(op, || async {
            kms.disable_key_rotation()
                .key_id(id)
                .send()
                .await
                .op("kms:DisableKeyRotation")
                .map(|_| ())
        })
        .await
    }

    async fn enable(&self, op: &Operation<'_>, id: &str, enabled: bool) -> Result<(), OpError> {
        let kms = self.scope.kms();
        self.write(op, || async {
            if enabled {
                kms.enable_key()
                    .key_id(id)
                    .send()
                    .await
                    .op("kms:EnableKey")
                    .map(|_| ())
            } else {
                kms.disable_key()
                    .key_id(id)
                    .send()
                    .await
                    .op("kms:DisableKey")
                    .map(|_| ())
            }
        })
        .await
    }

    /// A key must be enabled for every other change, so it is enabled first and disabled last.
    async fn change(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
        id: &str,
    ) -> Result<(), OpError> {
        let kms = self.scope.kms();
        let enabled = planned.get_bool("is_enabled").unwrap_or(true);
        let toggled = changed(prior, planned, "is_enabled");
        if toggled && enabled {
            self.enable(op, id, true).await?;
        }
        let period = planned
            .get("rotation_period_in_days")
            .is_some_and(Value::is_known)
            && changed(prior, planned, "rotation_period_in_days");
        if changed(prior, planned, "enable_key_rotation") || period {
            self.rotate(op, planned, id).await?;
        }
        if changed(prior, planned, "description") {
            let text = planned.get_str("description").unwrap_or_default();
            self.write(op, || async {
                let call = kms.update_key_description().key_id(id).description(text);
                call.send().await.op("kms:UpdateKeyDescription")
            })
            .await?;
        }
        if changed(prior, planned, "policy")
            && let Some(policy) = given(planned, "policy")
        {
            let bypass = planned
                .get_bool("bypass_policy_lockout_safety_check")
                .unwrap_or(false);
            self.write(op, || async {
                kms.put_key_policy()
                    .key_id(id)
                    .policy_name("default")
                    .policy(policy)
                    .bypass_policy_lockout_safety_check(bypass)
                    .send()
                    .await
                    .op("kms:PutKeyPolicy")
            })
            .await?;
        }
        if let Some(change) = tags::change(prior, planned) {
            self.change_tags(op, id, &change).await?;
        }
        if toggled && !enabled {
            self.enable(op, id, false).await?;
        }
        Ok(())
    }

    async fn change_tags(
        &self,
        op: &Operation<'_>,
        id: &str,
        change: &tags::TagChange,
    ) -> Result<(), OpError> {
        let kms = self.scope.kms();
        if !change.remove.is_empty() {
            self.write(op, || async {
                let call = kms
                    .untag_resource()
                    .key_id(id)
                    .set_tag_keys(Some(change.remove.clone()));
                call.send().await.op("kms:UntagResource")
            })
            .await?;
        }
        if !change.set.is_empty() {
            self.write(op, || async {
                let call = kms
                    .tag_resource()
                    .key_id(id)
                    .set_tags(Some(sdk_tags(&change.set)));
                call.send().await.op("kms:TagResource")
            })
            .await?;
        }
        Ok(())
    }

    async fn read_new(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        id: &str,
    ) -> Result<Value, OpError> {
        let what = format!("KMS Key ({id}) to be as configured");
        let state = read_back(&self.scope, op, &what, (&self.shape, planned), || {
            self.read(id, Some(planned))
        })
        .await?;
        // The plan keeps the period of a rotation that it switches off.
        if planned.get_bool("enable_key_rotation") == Some(true) {
            return Ok(state);
        }
        Ok(state.with("rotation_period_in_days", Value::null(Type::Number)))
    }

    async fn finish(
        &self,
        op: &Operation<'_>,
        planned: &Value,
        id: &str,
    ) -> Result<Value, OpError> {
        if planned.get_bool("enable_key_rotation") == Some(true) {
            self.rotate(op, planned, id).await?;
        }
        if planned.get_bool("is_enabled") == Some(false) {
            self.enable(op, id, false).await?;
        }
        self.read_new(op, planned, id).await
    }

    /// Finds the key that carries the marker; keys whose tags may not be read are not ours.
    async fn marked(&self, intent: &Intent) -> Result<Option<String>, OpError> {
        let pages = self
            .scope
            .kms()
            .list_keys()
            .into_paginator()
            .page_size(1000)
            .items()
            .send();
        let keys = pages
            .collect::<Result<Vec<_>, _>>()
            .await
            .op("kms:ListKeys")?;
        let ids: Vec<String> = keys.into_iter().filter_map(|k| k.key_id).collect();
        let tagged = each(&ids, |id| self.tags(id)).await;
        for (id, found) in ids.into_iter().zip(tagged) {
            match found {
                Ok(found) if tags::is_marked(&found, intent) => return Ok(Some(id)),
                Ok(_) => {}
                Err(e) if matches!(e.kind, OpErrorKind::Denied | OpErrorKind::NotFound) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(None)
    }
}

impl Kind for Key {
    async fn observe(&self, ids: &[Identity]) -> Vec<Observed> {
        each(ids, |id| async {
            observed(self.read(&id.id, id.prior.as_ref()).await)
        })
        .await
    }

    async fn create(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let made = self.begin(op, planned).await;
        let made = made.map(|meta| self.value(KeyFacts::new_key(meta, planned), Some(planned)));
        let state = settled(planned, &ours(self, op, planned, made).await?);
        let id = given(&state, "id").unwrap_or_default().to_owned();
        op.progress.created(&state).await;
        self.finish(op, planned, &id)
            .await
            .map_err(|e| unfinished(e, &state))
    }

    async fn update(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let id = given(prior, "id").unwrap_or_default();
        self.change(op, prior, planned, id).await?;
        Ok(self.read_new(op, planned, id).await?)
    }

    async fn delete(&self, op: &Operation<'_>, prior: &Value) -> Result<(), Failure> {
        let id = given(prior, "id").unwrap_or_default();
        let days = prior
            .get_i64("deletion_window_in_days")
            .and_then(|n| i32::try_from(n).ok());
        op.progress.permit()?;
        let call = self.scope.kms().schedule_key_deletion().key_id(id);
        match call
            .set_pending_window_in_days(days)
            .send()
            .await
            .op("kms:ScheduleKeyDeletion")
        {
            Ok(_) => {}
            Err(e) if e.kind == OpErrorKind::NotFound => return Ok(()),
            // It was scheduled before.
            Err(e)
                if has_code(&e, &["KMSInvalidStateException"])
                    && e.message.contains("pending deletion") =>
            {
                return Ok(());
            }
            Err(e) => return Err(e.into()),
        }
        let what = format!("KMS Key ({id}) to be scheduled for deletion");
        waiters::wait_for(self.scope.pace(), op, &what, || async {
            let meta = self.metadata(id).await?;
            Ok(match meta {
                Some(m) if !is_gone(&m) => waiters::Poll::Pending(
                    m.key_state
                        .map_or("unknown".into(), |s| s.as_str().to_owned()),
                ),
                _ => waiters::Poll::Ready(()),
            })
        })
        .await?;
        Ok(())
    }

    async fn find(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let Some(intent) = intent else {
            return Ok(Found::Nothing);
        };
        let Some(id) = self.marked(intent).await? else {
            return Ok(Found::Nothing);
        };
        let value = self.read(&id, Some(planned)).await?;
        Ok(value.map_or(Found::Nothing, Found::Ours))
    }

    async fn clear_marker(&self, states: &[Value]) -> Result<(), OpError> {
        let cleared = each(states, |state| async {
            let id = given(state, "id").unwrap_or_default();
            let call = self
                .scope
                .kms()
                .untag_resource()
                .key_id(id)
                .tag_keys(INTENT_TAG);
            match call.send().await.op("kms:UntagResource").optional() {
                // On its way out; nobody looks at its tags any more.
                Err(e) if has_code(&e, &["KMSInvalidStateException"]) => Ok(()),
                other => other.map(|_| ()),
            }
        })
        .await;
        cleared.into_iter().collect()
    }
}

/// The spec of a key, under its old name or its new one.
#[expect(
    deprecated,
    reason = "older stacks of KMS answer with the old name only"
)]
pub(super) fn spec(meta: &KeyMetadata) -> Option<String> {
    let old = || meta.customer_master_key_spec.as_ref().map(|s| s.as_str());
    meta.key_spec
        .as_ref()
        .map(KeySpec::as_str)
        .or_else(old)
        .map(str::to_owned)
}
