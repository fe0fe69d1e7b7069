//! What all types have in common that are read with one `Describe…` call.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use aws_sdk_ec2::types::Filter;
use bastionless_model::{
    cloud::{Failure, Found, Identity, Intent, Observed, OpError, Operation},
    value::Value,
};
use tokio::time::Instant;

use super::{
    attributes::{keep_unread, with_told_blocks},
    call::is_gone,
    context::{Ec2, by_ids, by_key, id_of},
    tagging::marked,
    wait::until,
};
use crate::{shape::settled, waiters::PROPAGATION};

/// A type whose objects one paginated call describes.
pub(crate) trait Described: Send + Sync {
    /// The SDK's object.
    type Raw: Send + Sync;
    /// Name of the type.
    const TYPE: &'static str;
    /// Name of the filter by id.
    const ID_FILTER: &'static str;
    /// What it is called in error messages.
    const NOUN: &'static str;

    /// Returns the id.
    fn id(raw: &Self::Raw) -> Option<&str>;

    /// Lists all pages.
    fn list(
        ec2: &Ec2,
        filters: Vec<Filter>,
    ) -> impl Future<Output = Result<Vec<Self::Raw>, OpError>> + Send;

    /// Tells whether the object still counts: not one that is deleted but visible.
    fn is_there(raw: &Self::Raw) -> bool {
        let _ = raw;
        true
    }

    /// Tells whether the object is on its way to another state, such as one that is being made; an error where it never will be
    /// usable.
    ///
    /// # Errors
    /// Says why the object must be replaced.
    fn is_moving(raw: &Self::Raw) -> Result<bool, OpError> {
        let _ = raw;
        Ok(false)
    }

    /// Makes the values of described objects; the answer has the same length and order. `prior` is what the state or the
    /// plan says of the object.
    fn values(
        ec2: &Ec2,
        objects: Vec<(Self::Raw, Option<&Value>)>,
    ) -> impl Future<Output = Vec<Result<Value, OpError>>> + Send;
}

/// Reads objects by id with as few calls as possible.
pub(crate) async fn observe<D: Described>(ec2: &Ec2, ids: &[Identity]) -> Vec<Observed> {
    match fetch::<D>(ec2, ids.iter().map(|i| i.id.clone()).collect()).await {
        Ok(mut found) => {
            let objects = ids.iter().map(|i| found.remove(&i.id));
            present::<D>(ec2, ids, objects.collect()).await
        }
        Err(e) => unreadable(ids, &e),
    }
}

/// Makes the answers out of what was found, in the order of the identities.
async fn present<D: Described>(
    ec2: &Ec2,
    ids: &[Identity],
    objects: Vec<Option<D::Raw>>,
) -> Vec<Observed> {
    let there: Vec<bool> = objects.iter().map(Option::is_some).collect();
    let pairs = objects.into_iter().zip(ids);
    let pairs = pairs.filter_map(|(raw, id)| Some((raw?, id.prior.as_ref())));
    let mut values = D::values(ec2, pairs.collect()).await.into_iter();
    let answer = |there: bool| match there.then(|| values.next()).flatten() {
        Some(Ok(value)) => Observed::Present(value),
        Some(Err(e)) if is_gone(&e) => Observed::Absent,
        Some(Err(e)) => Observed::Unreadable(e),
        None => Observed::Absent,
    };
    there.into_iter().map(answer).collect()
}

/// Says of all objects that nothing is known.
pub(crate) fn unreadable(ids: &[Identity], error: &OpError) -> Vec<Observed> {
    ids.iter()
        .map(|_| Observed::Unreadable(error.clone()))
        .collect()
}

/// Returns the described objects by id, without those that are gone.
pub(crate) async fn fetch<D: Described>(
    ec2: &Ec2,
    ids: Vec<String>,
) -> Result<BTreeMap<String, D::Raw>, OpError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut found = D::list(ec2, by_ids(D::ID_FILTER, ids)).await?;
    found.retain(D::is_there);
    Ok(by_key(found, D::id))
}

/// Returns one described object, also one that is deleted but still visible.
pub(crate) async fn fetch_one<D: Described>(
    ec2: &Ec2,
    id: &str,
) -> Result<Option<D::Raw>, OpError> {
    let found = D::list(ec2, by_ids(D::ID_FILTER, vec![id.to_owned()])).await?;
    Ok(found.into_iter().find(|raw| D::id(raw) == Some(id)))
}

/// Waits until a new object can be described and `ready` says so.
pub(crate) async fn wait_for<D: Described>(
    ec2: &Ec2,
    op: &Operation<'_>,
    id: &str,
    ready: impl Fn(&D::Raw) -> Result<bool, OpError>,
) -> Result<D::Raw, OpError> {
    let what = format!("waiting for {} ({id})", D::NOUN);
    let ready = &ready;
    until(ec2, op, op.timeout, &what, || async move {
        match fetch_one::<D>(ec2, id).await {
            Ok(Some(raw)) => Ok(ready(&raw)?.then_some(raw)),
            Ok(None) => Ok(None),
            Err(e) if is_gone(&e) => Ok(None),
            Err(e) => Err(e),
        }
    })
    .await
}

/// How long a new object may not be seen by those that describe it.
const UNSEEN: Duration = Duration::from_secs(10);

/// Waits until an object does not change by itself any more; one that is gone does not.
pub(crate) async fn settle<D: Described>(
    ec2: &Ec2,
    op: &Operation<'_>,
    state: &Value,
) -> Result<(), Failure> {
    // What cannot be known now leaves the object as it is.
    let not_known = |error| Failure {
        error,
        state: None,
        usable: true,
    };
    let what = format!("waiting for {}", D::NOUN);
    let id = id_of(state, &what).map_err(not_known)?;
    let what = format!("{what} ({id})");
    let start = Instant::now();
    let seen = AtomicBool::new(false);
    let seen = &seen;
    let settled = until(ec2, op, op.timeout, &what, || async move {
        let found = match fetch_one::<D>(ec2, id).await {
            Err(e) if is_gone(&e) => None,
            found => found?,
        };
        match found.filter(D::is_there) {
            Some(raw) => {
                seen.store(true, Ordering::Relaxed);
                Ok(match D::is_moving(&raw) {
                    Ok(true) => None,
                    Ok(false) => Some(Ok(())),
                    Err(e) => Some(Err(e)),
                })
            }
            None if seen.load(Ordering::Relaxed) || start.elapsed() > UNSEEN => Ok(Some(Ok(()))),
            None => Ok(None),
        }
    });
    Ok(settled.await.map_err(not_known)??)
}

/// Waits until an object is gone.
pub(crate) async fn wait_gone<D: Described>(
    ec2: &Ec2,
    op: &Operation<'_>,
    id: &str,
    check: impl Fn(&D::Raw) -> Result<(), OpError>,
) -> Result<(), OpError> {
    let what = format!("waiting for {} ({id}) to be deleted", D::NOUN);
    let check = &check;
    until(ec2, op, op.timeout, &what, || async move {
        match fetch_one::<D>(ec2, id).await {
            Ok(Some(raw)) if D::is_there(&raw) => check(&raw).map(|()| None),
            Ok(_) => Ok(Some(())),
            Err(e) if is_gone(&e) => Ok(Some(())),
            Err(e) => Err(e),
        }
    })
    .await
}

/// Reads an object after a create or update: waits until it is visible. What was planned and is known counts more than
/// an answer that may be old.
pub(crate) async fn read_back<D: Described>(
    ec2: &Ec2,
    op: &Operation<'_>,
    id: &str,
    planned: &Value,
) -> Result<Value, OpError> {
    let live = read_live::<D>(ec2, op, id, planned).await?;
    Ok(with_told_blocks(settled(planned, &live), &live, D::TYPE))
}

/// Reads an object as it is: waits until it is visible, keeps what the service does not tell.
pub(crate) async fn read_live<D: Described>(
    ec2: &Ec2,
    op: &Operation<'_>,
    id: &str,
    planned: &Value,
) -> Result<Value, OpError> {
    let what = format!("reading {} ({id})", D::NOUN);
    let limit = op.timeout.min(PROPAGATION);
    until(ec2, op, limit, &what, || async move {
        let raw = match fetch_one::<D>(ec2, id).await {
            Ok(Some(raw)) if D::is_there(&raw) => raw,
            Ok(_) => return Ok(None),
            Err(e) if is_gone(&e) => return Ok(None),
            Err(e) => return Err(e),
        };
        match D::values(ec2, vec![(raw, Some(planned))]).await.pop() {
            Some(Ok(value)) => Ok(Some(keep_unread(value, planned, D::TYPE))),
            Some(Err(e)) if is_gone(&e) => Ok(None),
            Some(Err(e)) => Err(e),
            None => Ok(None),
        }
    })
    .await
}

/// Ends an update: the read-back, or after an error what is there now.
pub(crate) async fn after_update<D: Described>(
    ec2: &Ec2,
    op: &Operation<'_>,
    id: &str,
    planned: &Value,
    done: Result<(), OpError>,
) -> Result<Value, Failure> {
    match done {
        Ok(()) => Ok(read_back::<D>(ec2, op, id, planned).await?),
        Err(error) => {
            let live = read_live::<D>(ec2, op, id, planned).await;
            Err(Failure {
                error,
                state: live.ok(),
                usable: true,
            })
        }
    }
}

/// Looks for the object that carries the marker of an intent.
pub(crate) async fn find_marked<D: Described>(
    ec2: &Ec2,
    intent: Option<&Intent>,
    planned: &Value,
) -> Result<Found, OpError> {
    let Some(intent) = intent else {
        return Ok(Found::Nothing);
    };
    let mut found = D::list(ec2, vec![marked(intent)]).await?;
    found.retain(D::is_there);
    let Some(raw) = found.into_iter().next() else {
        return Ok(Found::Nothing);
    };
    match D::values(ec2, vec![(raw, Some(planned))]).await.pop() {
        Some(value) => Ok(Found::Ours(keep_unread(value?, planned, D::TYPE))),
        None => Ok(Found::Nothing),
    }
}

/// Makes the answers of types whose values need nothing but the described object.
pub(crate) fn each<R>(
    objects: Vec<(R, Option<&Value>)>,
    flatten: impl Fn(&R, Option<&Value>) -> Value,
) -> Vec<Result<Value, OpError>> {
    let objects = objects.iter();
    objects
        .map(|(raw, prior)| Ok(flatten(raw, *prior)))
        .collect()
}
