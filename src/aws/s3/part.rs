//! What all parts of a bucket's configuration have in common.

use std::future::Future;

use bastionless_model::{
    cloud::{Failure, Identity, Observed, OpError, OpErrorKind, Operation},
    value::{Map, Value},
};

use crate::{
    clients::Scope,
    errors::has_code,
    kind::{Kind, each, observed, read_back, unfinished},
    shape::{Shape, given, settled, text},
    waiters::{PROPAGATION, retry_while},
};

/// A part of a bucket's configuration: read, put and removed as a whole.
pub(crate) trait Configuration: Send + Sync {
    /// The type's name.
    const TYPE: &'static str;
    /// Whether the type has the argument `expected_bucket_owner`.
    const HAS_OWNER: bool = false;

    /// Reads the attributes; `None` where it is not configured.
    fn get(at: &At<'_>) -> impl Future<Output = Result<Option<Map>, OpError>> + Send;

    /// Writes it.
    fn put(at: &At<'_>, planned: &Value) -> impl Future<Output = Result<(), OpError>> + Send;

    /// Removes it.
    fn remove(at: &At<'_>, prior: &Value) -> impl Future<Output = Result<(), OpError>> + Send;

    /// Tells whether a change reached all of S3, so that `get` gives what was put.
    fn arrived(planned: &Value, read: &Value) -> bool {
        let _ = (planned, read);
        true
    }
}

/// Whose configuration is meant.
pub(crate) struct At<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) bucket: String,
    /// The account that must own the bucket.
    pub(crate) owner: Option<String>,
}

impl At<'_> {
    fn id(&self) -> String {
        match &self.owner {
            Some(owner) => format!("{},{owner}", self.bucket),
            None => self.bucket.clone(),
        }
    }
}

/// Makes a map of attributes.
pub(crate) fn attributes<const N: usize>(known: [(&str, Value); N]) -> Map {
    known.into_iter().map(|(k, v)| (k.into(), v)).collect()
}

/// The reconciler of a part.
pub(crate) struct Part<C> {
    scope: Scope,
    shape: Shape,
    kind: std::marker::PhantomData<C>,
}

impl<C: Configuration> Part<C> {
    /// Makes the reconciler.
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            shape: Shape::managed(C::TYPE),
            kind: std::marker::PhantomData,
        }
    }

    /// Takes the bucket of an id, which is `bucket` or `bucket,account`.
    fn at_id(&self, id: &str) -> At<'_> {
        let (bucket, owner) = match id.split_once(',') {
            Some((bucket, owner)) => (bucket, Some(owner.to_owned())),
            None => (id, None),
        };
        At {
            scope: &self.scope,
            bucket: bucket.to_owned(),
            owner,
        }
    }

    fn at_planned(&self, planned: &Value) -> At<'_> {
        At {
            scope: &self.scope,
            bucket: planned.get_str("bucket").unwrap_or_default().to_owned(),
            owner: given(planned, "expected_bucket_owner").map(str::to_owned),
        }
    }

    fn value(&self, at: &At<'_>, mut known: Map) -> Value {
        known.insert("bucket".into(), text(Some(&at.bucket)));
        known.insert("id".into(), text(Some(at.id())));
        known.insert("region".into(), text(Some(self.scope.region())));
        if C::HAS_OWNER {
            known.insert("expected_bucket_owner".into(), text(at.owner.as_ref()));
        }
        self.shape.fill(&known)
    }

    async fn read(&self, at: &At<'_>) -> Result<Option<Value>, OpError> {
        match C::get(at).await {
            Ok(known) => Ok(known.map(|k| self.value(at, k))),
            // Gone, or with its bucket.
            Err(e) if e.kind == OpErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    async fn put(&self, op: &Operation<'_>, at: &At<'_>, planned: &Value) -> Result<(), OpError> {
        retry_while(self.scope.pace(), op, PROPAGATION, is_early, || {
            C::put(at, planned)
        })
        .await
    }

    async fn read_new(
        &self,
        op: &Operation<'_>,
        at: &At<'_>,
        planned: &Value,
    ) -> Result<Value, OpError> {
        let what = format!("{} ({}) to be as configured", C::TYPE, at.bucket);
        read_back(&self.scope, op, &what, (&self.shape, planned), || async {
            Ok(self
                .read(at)
                .await?
                .filter(|read| C::arrived(planned, read)))
        })
        .await
    }
}

/// A bucket that is too new, another change at the same time, or a principal that is too new.
pub(crate) fn is_early(e: &OpError) -> bool {
    has_code(
        e,
        &["NoSuchBucket", "OperationAborted", "ConflictException"],
    ) || (has_code(e, &["MalformedPolicy"]) && e.message.contains("Invalid principal"))
}

impl<C: Configuration> Kind for Part<C> {
    async fn observe(&self, ids: &[Identity]) -> Vec<Observed> {
        each(ids, |id| async {
            // A state that another tool wrote may hold the bucket's name as id where an owner is set.
            let stored = id.prior.as_ref().filter(|p| given(p, "bucket").is_some());
            let at = stored.map_or_else(|| self.at_id(&id.id), |p| self.at_planned(p));
            observed(self.read(&at).await)
        })
        .await
    }

    async fn create(&self, op: &Operation<'_>, planned: &Value) -> Result<Value, Failure> {
        let at = self.at_planned(planned);
        self.put(op, &at, planned).await?;
        let state = settled(
            planned,
            &self.value(&at, planned.entries().cloned().unwrap_or_default()),
        );
        op.progress.created(&state).await;
        self.read_new(op, &at, planned)
            .await
            .map_err(|e| unfinished(e, &state))
    }

    async fn update(
        &self,
        op: &Operation<'_>,
        _: &Value,
        planned: &Value,
    ) -> Result<Value, Failure> {
        let at = self.at_planned(planned);
        self.put(op, &at, planned).await?;
        Ok(self.read_new(op, &at, planned).await?)
    }

    async fn delete(&self, op: &Operation<'_>, prior: &Value) -> Result<(), Failure> {
        let at = self.at_planned(prior);
        let busy = |e: &OpError| has_code(e, &["OperationAborted", "ConflictException"]);
        match retry_while(self.scope.pace(), op, PROPAGATION, busy, || {
            C::remove(&at, prior)
        })
        .await
        {
            Err(e) if e.kind != OpErrorKind::NotFound => Err(e.into()),
            _ => Ok(()),
        }
    }
}
