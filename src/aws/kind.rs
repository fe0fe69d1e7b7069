//! A type's operations as plain async functions; [`Managed`] and [`Read`] make the contract's objects of them.

use std::future::Future;

use bastionless_model::{
    cloud::{
        Child, Failure, Found, Future as Boxed, Identity, Intent, Lookup, Observed, OpError,
        OpErrorKind, Operation, Reconcile,
    },
    value::Value,
};
use futures_util::future::join_all;

use crate::{
    clients::Scope,
    shape::Shape,
    waiters::{self, PROPAGATION},
};

/// A type of managed object.
pub(crate) trait Kind: Send + Sync {
    /// Whether the name in the configuration is a key.
    const NATURAL_KEY: bool = false;

    /// Reads objects, in order.
    fn observe(&self, ids: &[Identity]) -> impl Future<Output = Vec<Observed>> + Send;

    /// Creates an object.
    fn create(
        &self,
        op: &Operation<'_>,
        planned: &Value,
    ) -> impl Future<Output = Result<Value, Failure>> + Send;

    /// Changes an object in place.
    fn update(
        &self,
        op: &Operation<'_>,
        prior: &Value,
        planned: &Value,
    ) -> impl Future<Output = Result<Value, Failure>> + Send;

    /// Deletes an object.
    fn delete(
        &self,
        op: &Operation<'_>,
        prior: &Value,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Looks for the object of an unfinished create. Where creating twice makes nothing twice there is nothing to look for.
    fn find(
        &self,
        intent: Option<&Intent>,
        planned: &Value,
    ) -> impl Future<Output = Result<Found, OpError>> + Send {
        let _ = (intent, planned);
        async { Ok(Found::Nothing) }
    }

    /// Removes the marker tag.
    fn clear_marker(&self, states: &[Value]) -> impl Future<Output = Result<(), OpError>> + Send {
        let _ = states;
        async { Ok(()) }
    }

    /// Lists what hangs on objects of this type.
    fn children(
        &self,
        parents: &[Value],
    ) -> impl Future<Output = Result<Vec<Child>, OpError>> + Send {
        let _ = parents;
        async { Ok(Vec::new()) }
    }
}

/// Makes a [`Reconcile`] of a [`Kind`].
pub(crate) struct Managed<K>(pub(crate) K);

impl<K: Kind> Reconcile for Managed<K> {
    fn observe<'a>(&'a self, ids: &'a [Identity]) -> Boxed<'a, Vec<Observed>> {
        Box::pin(self.0.observe(ids))
    }

    fn create<'a>(
        &'a self,
        op: &'a Operation<'a>,
        planned: &'a Value,
    ) -> Boxed<'a, Result<Value, Failure>> {
        Box::pin(self.0.create(op, planned))
    }

    fn update<'a>(
        &'a self,
        op: &'a Operation<'a>,
        prior: &'a Value,
        planned: &'a Value,
    ) -> Boxed<'a, Result<Value, Failure>> {
        Box::pin(self.0.update(op, prior, planned))
    }

    fn delete<'a>(
        &'a self,
        op: &'a Operation<'a>,
        prior: &'a Value,
    ) -> Boxed<'a, Result<(), Failure>> {
        Box::pin(self.0.delete(op, prior))
    }

    fn has_natural_key(&self) -> bool {
        K::NATURAL_KEY
    }

    fn find<'a>(
        &'a self,
        intent: Option<&'a Intent>,
        planned: &'a Value,
    ) -> Boxed<'a, Result<Found, OpError>> {
        Box::pin(self.0.find(intent, planned))
    }

    fn clear_marker<'a>(&'a self, states: &'a [Value]) -> Boxed<'a, Result<(), OpError>> {
        Box::pin(self.0.clear_marker(states))
    }

    fn children<'a>(&'a self, parents: &'a [Value]) -> Boxed<'a, Result<Vec<Child>, OpError>> {
        Box::pin(self.0.children(parents))
    }
}

/// A type of data source.
pub(crate) trait Source: Send + Sync {
    /// Reads one.
    fn read(&self, config: &Value) -> impl Future<Output = Result<Value, OpError>> + Send;
}

/// Makes a [`Lookup`] of a [`Source`].
pub(crate) struct Read<S>(pub(crate) S);

impl<S: Source> Lookup for Read<S> {
    fn read<'a>(&'a self, configs: &'a [Value]) -> Boxed<'a, Vec<Result<Value, OpError>>> {
        Box::pin(each(configs, |config| self.0.read(config)))
    }
}

/// How many calls of one type run at the same time.
const AT_ONCE: usize = 8;

/// Runs a future for each item, some at the same time, and returns the results in the order of the items.
pub(crate) async fn each<'a, I, T, F>(items: &'a [I], make: impl Fn(&'a I) -> F) -> Vec<T>
where
    F: Future<Output = T>,
{
    let mut results = Vec::with_capacity(items.len());
    for chunk in items.chunks(AT_ONCE) {
        results.extend(join_all(chunk.iter().map(&make)).await);
    }
    results
}

/// Turns a read into what the contract wants.
pub(crate) fn observed(read: Result<Option<Value>, OpError>) -> Observed {
    match read {
        Ok(Some(v)) => Observed::Present(v),
        Ok(None) => Observed::Absent,
        Err(e) => Observed::Unreadable(e),
    }
}

/// The object exists, in this state, but the change did not end.
pub(crate) fn unfinished(error: OpError, state: &Value) -> Failure {
    Failure {
        // Only what was given up, not what failed, leaves a usable object.
        usable: error.kind == OpErrorKind::Cancelled,
        error,
        state: Some(state.clone()),
    }
}

/// Takes the object of a create whose answer was lost: the SDK asked again and was told that it exists, or got no answer at
/// all. What carries the marker of this create is ours; anything else leaves the error.
pub(crate) async fn ours<K: Kind>(
    kind: &K,
    op: &Operation<'_>,
    planned: &Value,
    made: Result<Value, OpError>,
) -> Result<Value, OpError> {
    let error = match made {
        Err(e)
            if matches!(
                e.kind,
                OpErrorKind::AlreadyExists | OpErrorKind::Unavailable
            ) =>
        {
            e
        }
        other => return other,
    };
    match kind.find(Some(op.intent), planned).await {
        Ok(Found::Ours(value)) => Ok(value),
        _ => Err(error),
    }
}

/// Reads a new object until it is seen, and completes its state.
pub(crate) async fn read_back<F, Fut>(
    scope: &Scope,
    op: &Operation<'_>,
    what: &str,
    (shape, planned): (&Shape, &Value),
    read: F,
) -> Result<Value, OpError>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<Option<Value>, OpError>>,
{
    let limited = Operation {
        timeout: op.timeout.min(PROPAGATION),
        ..*op
    };
    let seen = waiters::wait_for(scope.pace(), &limited, what, || async {
        Ok(match read().await? {
            Some(v) => waiters::Poll::Ready(v),
            None => waiters::Poll::Pending("not visible yet".into()),
        })
    })
    .await?;
    Ok(shape.settled(planned, &seen))
}
