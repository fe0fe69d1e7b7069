//! `aws_key_pair`

use std::sync::Arc;

use aws_sdk_ec2::{
    primitives::Blob,
    types::{Filter, KeyPairInfo, KeyType, ResourceType},
};
use bastionless_model::{
    cloud::{Failure, Found, Future, Identity, Intent, Observed, OpError, Operation, Reconcile},
    value::Value,
};

use super::{
    attributes::{Attributes, known, text_of},
    call::{Outcome, is_gone},
    context::{Ec2, is_value, missing, some},
    kind::{Described, after_update, each, find_marked, observe, read_back},
    names::{name_for, prefix_of},
    tagging::{ids_of, specification},
};
use crate::clients::Scope;

/// Reconciles `aws_key_pair`.
pub(crate) struct AwsKeyPair(Arc<Ec2>, Scope);

impl Described for AwsKeyPair {
    type Raw = KeyPairInfo;
    const TYPE: &'static str = "aws_key_pair";
    const ID_FILTER: &'static str = "key-name";
    const NOUN: &'static str = "EC2 Key Pair";

    fn id(raw: &KeyPairInfo) -> Option<&str> {
        raw.key_name()
    }

    async fn list(ec2: &Ec2, filters: Vec<Filter>) -> Result<Vec<KeyPairInfo>, OpError> {
        let call = ec2.client.describe_key_pairs().set_filters(some(filters));
        let found = call.send().await.during("reading EC2 Key Pairs")?;
        Ok(found.key_pairs.unwrap_or_default())
    }

    async fn values(
        ec2: &Ec2,
        objects: Vec<(KeyPairInfo, Option<&Value>)>,
    ) -> Vec<Result<Value, OpError>> {
        each(objects, |key, prior| {
            let name = key.key_name();
            let attributes = Attributes::default()
                .text("id", name)
                .text("key_name", name)
                .text("key_name_prefix", name.and_then(prefix_of))
                .text("key_pair_id", key.key_pair_id())
                .text("fingerprint", key.key_fingerprint())
                .text("key_type", key.key_type().map(KeyType::as_str));
            ec2.with_tags(attributes, key.tags(), prior)
                .resource(Self::TYPE, &ec2.region)
        })
    }
}

impl AwsKeyPair {
    /// Makes the reconciler of a provider in a region.
    pub(crate) fn new(scope: Scope) -> Self {
        Self(scope.network(), scope)
    }

    async fn make(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let name = name_for(planned, "key_name", "key_name_prefix", op.intent);
        let what = format!("importing EC2 Key Pair ({name})");
        let key = text_of(planned, "public_key").ok_or_else(|| missing(&what, "public_key"))?;
        let call = self
            .0
            .client
            .import_key_pair()
            .key_name(&name)
            .public_key_material(Blob::new(key.trim()))
            .tag_specifications(specification(ResourceType::KeyPair, op, planned));
        let made = self.0.change(op, &what, call.send()).await?;
        let state = known(planned)
            .with("id", name.as_str().into())
            .with("key_name", name.as_str().into())
            .with("key_pair_id", made.key_pair_id().unwrap_or_default().into());
        let state = self.with_arn(state).await;
        op.progress.created(&state).await;
        match read_back::<Self>(&self.0, op, &name, planned).await {
            Ok(value) => Ok(self.with_arn(value).await),
            // The key pair is complete: only its being seen is not certain yet.
            Err(error) => Err(Failure {
                error,
                state: Some(state),
                usable: true,
            }),
        }
    }

    /// Adds the ARN, which the answers do not tell.
    async fn with_arn(&self, state: Value) -> Value {
        let Some(name) = text_of(&state, "key_name").map(str::to_owned) else {
            return state;
        };
        let account = self.1.account().await.ok();
        match self.0.arn(account.as_deref(), "key-pair", &name) {
            Some(arn) => state.with("arn", arn.into()),
            None => state,
        }
    }

    async fn look(&self, ids: &[Identity]) -> Vec<Observed> {
        let mut all = Vec::with_capacity(ids.len());
        for observed in observe::<Self>(&self.0, ids).await {
            all.push(match observed {
                Observed::Present(state) => Observed::Present(self.with_arn(state).await),
                other => other,
            });
        }
        all
    }

    async fn modify(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let what = "updating EC2 Key Pair";
        let name = text_of(prior, "key_name").ok_or_else(|| missing(what, "key_name"))?;
        let id = text_of(prior, "key_pair_id").ok_or_else(|| missing(what, "key_pair_id"))?;
        let done = self.0.retag(op, id, prior, planned).await;
        let value = after_update::<Self>(&self.0, op, name, planned, done).await?;
        Ok(self.with_arn(value).await)
    }

    async fn remove(&self, op: &Operation<'_>, prior: &Value) -> Result<(), OpError> {
        let what = "deleting EC2 Key Pair";
        let name = text_of(prior, "key_name").or_else(|| text_of(prior, "id"));
        let name = name.ok_or_else(|| missing(what, "key_name"))?;
        let what = format!("{what} ({name})");
        let call = self.0.client.delete_key_pair().key_name(name);
        match self.0.change(op, &what, call.send()).await {
            Err(e) if is_gone(&e) => Ok(()),
            done => done.map(drop),
        }
    }

    async fn search(&self, intent: Option<&Intent>, planned: &Value) -> Result<Found, OpError> {
        let found = find_marked::<Self>(&self.0, intent, planned).await?;
        if matches!(found, Found::Ours(_)) {
            return Ok(found);
        }
        let Some(name) = text_of(planned, "key_name") else {
            return Ok(Found::Nothing);
        };
        let keys = Self::list(&self.0, vec![is_value(Self::ID_FILTER, name)]).await?;
        if keys.is_empty() {
            return Ok(Found::Nothing);
        }
        let why = format!("it lacks the tag that marks what this run creates; `{name}` is taken");
        Ok(Found::Unproven {
            id: name.to_owned(),
            why,
        })
    }
}

impl Reconcile for AwsKeyPair {
    reconciled!(@common AwsKeyPair);

    fn observe<'a>(&'a self, ids: &'a [Identity]) -> Future<'a, Vec<Observed>> {
        Box::pin(self.look(ids))
    }

    fn has_natural_key(&self) -> bool {
        true
    }

    fn find<'a>(
        &'a self,
        intent: Option<&'a Intent>,
        planned: &'a Value,
    ) -> Future<'a, Result<Found, OpError>> {
        Box::pin(self.search(intent, planned))
    }

    fn clear_marker<'a>(&'a self, states: &'a [Value]) -> Future<'a, Result<(), OpError>> {
        Box::pin(self.0.unmark(ids_of(states, "key_pair_id")))
    }
}
