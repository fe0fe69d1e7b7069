//! `aws_kms_alias`

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_kms::types::AliasListEntry;
use bastionless_model::{
    cloud::{Failure, Found, Identity, Intent, Observed, OpError, Operation},
    value::Value,
};

use crate::{
    clients::Scope,
    errors::{Call, Tolerate, has_code},
    kind::{Kind, ours, read_back, unfinished},
    names,
    shape::{Shape, changed, given, settled, text},
    waiters::{PROPAGATION, retry_while},
};

/// Aliases of keys.
pub(crate) struct Alias {
    scope: Scope,
    shape: Shape,
}

impl Alias {
    /// Makes the reconciler.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::managed("aws_kms_alias"),
        }
    }

    fn value(&self, alias: &AliasListEntry) -> Value {
        let name = alias.alias_name().unwrap_or_default();
        let arn = alias.alias_arn().unwrap_or_default();
        let key = alias.target_key_id();
        let key_arn = key.map(|k| format!("{}key/{k}", arn.strip_suffix(name).unwrap_or(arn)));
        self.shape.object([
            ("arn", text(Some(arn))),
            ("id", text(Some(name))),
            ("name", text(Some(name))),
            ("name_prefix", text(names::prefix(name))),
            ("region", text(Some(self.scope.region()))),
            ("target_key_arn", text(key_arn)),
            ("target_key_id", text(key)),
        ])
    }

    async fn all(&self) -> Result<Arc<BTreeMap<String, AliasListEntry>>, OpError> {
        let ask = async {
            let pages = self
                .scope
                .kms()
                .list_aliases()
                .into_paginator()
                .page_size(100);
            let found = pages.items().send().collect::<Result<Vec<_>, _>>().await;
            let found = found.op("kms:ListAliases")?;
            Ok(found
                .into_iter()
                .filter_map(|a| Some((a.alias_name.clone()?, a)))
                .collect())
        };
        self.scope
            .listings()
            .get(self.scope.question("kms", "ListAliases", ""), ask)
            .await
    }

    async fn read(&self, name: &str) -> Result<Option<Value>, OpError> {
        Ok(self.all().await?.get(name).map(|a| self.value(a)))
    }

    /// Reads past the shared answer.
    async fn read_fresh(&self, name: &str) -> Result<Option<Value>, OpError> {
        self.scope.listings().forget("kms");
        self.read(name).await
    }

    fn name(planned: &Value, intent: Option<&Intent>) -> Option<String> {
        names::name(planned, ("name", "name_prefix"), "alias/", intent)
    }

    async fn write<F, Fut>(&self, op: &Operation<'_>, call: F) -> Result<(), OpError>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<(), OpError>>,
    {
        // A new key is not known everywhere at once.
        let early = |e: &OpError| has_code(e, &["NotFoundException"]);
        let done = retry_while(self.scope.pace(), op, PROPAGATION, early, call).await;
        self.scope.listings().forget("kms");
        done
    }
}

/// Returns the id in a key's ARN, or the id itself.
fn key_id(id_or_arn: &str) -> &str {
    id_or_arn
        .rsplit_once("key/")
        .map_or(id_or_arn, |(_, id)| id)
}

impl Kind for Alias {
    const NATURAL_KEY: bool = true;

    async fn observe(&self, ids: &[Identity]) -> Vec<Observed> {
        match self.all().await {
            Ok(all) => ids
                .iter()
                .map(|id| {
                    all.get(&id.id)
                        .map_or(Observed::Absent, |a| Observed::Present(self.value(a)))
                })
                .collect(),
            Err(e) => ids
                .iter()
                .map(|_| Observed::Unreadable(e.clone()))
                .collect(),
        }
    }

    async fn create(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let name = Self::name(planned, Some(op.intent)).unwrap_or_default();
        let key = planned.get_str("target_key_id").unwrap_or_default();
        // Asked before the call, so that nothing can fail between the call and its record.
        let arn = self.scope.arn("kms", &name).await?;
        let made = self
            .write(op, || async {
                let call = self
                    .scope
                    .kms()
                    .create_alias()
                    .alias_name(&name)
                    .target_key_id(key);
                call.send().await.op("kms:CreateAlias").map(|_| ())
            })
            .await;
        let made = made.map(|()| {
            let entry = AliasListEntry::builder().alias_name(&name).alias_arn(arn);
            self.value(&entry.target_key_id(key_id(key)).build())
        });
        let state = settled(planned, &ours(self, op, planned, made).await?);
        op.progress.created(&state).await;
        let what = format!("KMS Alias ({name}) to be visible");
        read_back(&self.scope, op, &what, (&self.shape, planned), || {
            self.read_fresh(&name)
        })
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
        if changed(prior, planned, "target_key_id") {
            let key = planned.get_str("target_key_id").unwrap_or_default();
            self.write(op, || async {
                let call = self
                    .scope
                    .kms()
                    .update_alias()
                    .alias_name(name)
                    .target_key_id(key);
                call.send().await.op("kms:UpdateAlias").map(|_| ())
            })
            .await?;
        }
        let what = format!("KMS Alias ({name}) to be visible");
        Ok(
            read_back(&self.scope, op, &what, (&self.shape, planned), || {
                self.read_fresh(name)
            })
            .await?,
        )
    }

    async fn delete(&self, op: &Operation<'_>, prior: &Value) -> Result<(), Failure> {
        let name = given(prior, "id").unwrap_or_default();
        op.progress.permit()?;
        self.scope
            .kms()
            .delete_alias()
            .alias_name(name)
            .send()
            .await
            .op("kms:DeleteAlias")
            .optional()?;
        self.scope.listings().forget("kms");
        Ok(())
    }

    async fn find(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let Some(name) = Self::name(planned, intent) else {
            return Ok(Found::Nothing);
        };
        self.scope.listings().forget("kms");
        let all = self.all().await?;
        let Some(alias) = all.get(&name) else {
            return Ok(Found::Nothing);
        };
        // An alias has no tags. It was not there before the intent, so one that was made since and names our key is ours.
        let target = given(planned, "target_key_id").map(key_id);
        let since = intent.is_some_and(|i| {
            alias
                .creation_date()
                .is_some_and(|d| d.secs() >= i.recorded_at)
        });
        if since && target.is_some() && alias.target_key_id() == target {
            return Ok(Found::Ours(self.value(alias)));
        }
        Ok(Found::Unproven {
            id: name,
            why: "an alias of this name exists that names another key or is older than this run"
                .into(),
        })
    }
}
