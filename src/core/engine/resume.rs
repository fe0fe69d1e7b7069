//! After a run that was interrupted or killed: goes on with the waits that it gave up.
//!
//! Changes nothing. It is done before an apply plans, so that the plan reads objects as they are going to stay; what never will be
//! usable is marked in the snapshot at hand, and the plan replaces it.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    cloud::{Failure, Future, Intent, OpError, OpErrorKind, Operation, Progress, Reconcile},
    schema::{Catalogue, Schema},
    value::Value,
};
use tokio::task::JoinSet;

use super::{
    Cancel, Event, Events, Providers, Step, apply::region_of, call::timeout, commit::TICK,
    failure::told,
};
use crate::{
    io::{Disk as _, RealDisk},
    lang::address::AbsInstance,
    state::{Snapshot, Status},
};

/// An object that is waited for.
struct Wait {
    address: AbsInstance,
    reconcile: Arc<dyn Reconcile>,
    schema: Arc<Schema>,
    value: Value,
}

/// Waits for the objects that a snapshot says are not waited for, all at the same time, and strikes them out. Their providers must
/// be configured. Errors say which waits did not come to an end: then nothing must be changed; warnings, what is to be replaced.
pub async fn resume(
    snapshot: &mut Snapshot,
    providers: &Providers,
    catalogue: &Catalogue,
    events: &Arc<dyn Events>,
    cancel: &Cancel,
) -> Diagnostics {
    let mut out = Diagnostics::default();
    let mut tasks = JoinSet::new();
    for address in snapshot.waiting.clone() {
        match prepare(snapshot, &address, providers, catalogue) {
            Ok(Wanted::Now(wait)) => {
                let (events, cancel) = (events.clone(), cancel.clone());
                tasks.spawn(async move {
                    let ended = watched(&wait, &*events, cancel).await;
                    (wait.address, ended)
                });
            }
            // Gone from the state: nobody needs it.
            Ok(Wanted::Nobody) => {
                snapshot.waiting.remove(&address);
            }
            Ok(Wanted::Later) => {}
            Err(why) => out.push(unsettled(&address, &why)),
        }
    }
    while let Some(ended) = tasks.join_next().await {
        let Ok((address, ended)) = ended else {
            // The task is gone with its result; its note stays.
            out.push(Diagnostic::error(
                "A wait broke off",
                "This is a bug in bastionless. Nothing was changed.",
            ));
            continue;
        };
        match ended {
            Ok(()) => {
                snapshot.waiting.remove(&address);
            }
            Err(Failure {
                error,
                usable: true,
                ..
            }) => out.push(unsettled(&address, &told(&error))),
            Err(Failure { error, .. }) => {
                taint(snapshot, &address);
                out.push(unusable(&address, &error));
            }
        }
    }
    out.0.sort_by(|a, b| a.address.cmp(&b.address));
    out
}

/// Whether an object is waited for.
enum Wanted {
    Now(Wait),
    Later,
    Nobody,
}

fn prepare(
    snapshot: &Snapshot,
    address: &AbsInstance,
    providers: &Providers,
    catalogue: &Catalogue,
) -> Result<Wanted, String> {
    let Some((object, resource)) = snapshot
        .object(address, None)
        .zip(snapshot.resources.get(&address.resource))
    else {
        return Ok(Wanted::Nobody);
    };
    // Its configuration is not known before something else is applied; the note stays.
    if !providers.is_ready(&resource.provider) {
        return Ok(Wanted::Later);
    }
    let type_name = &address.resource.resource.type_name;
    let schema = catalogue
        .managed(type_name)
        .ok_or("this version does not know its type")?;
    let value = object
        .decode(&schema)
        .map_err(|e| e.to_string())?
        .unmark_deep()
        .0;
    let region = region_of(&value);
    let reconcile = providers
        .reconcile(&resource.provider, type_name, region.as_deref())
        .map_err(|e| e.to_string())?;
    Ok(Wanted::Now(Wait {
        address: address.clone(),
        reconcile,
        schema,
        value,
    }))
}

/// Waits, and tells now and then that it does.
async fn watched(wait: &Wait, events: &dyn Events, cancel: Cancel) -> Result<(), Failure> {
    let start = tokio::time::Instant::now();
    let now = i64::try_from(RealDisk.now().as_secs()).unwrap_or(i64::MAX);
    let intent = Intent {
        id: RealDisk.uuid(),
        recorded_at: now,
    };
    let looking = Looking(cancel);
    let op = Operation {
        intent: &intent,
        timeout: timeout(&wait.schema, "create", &wait.value),
        progress: &looking,
    };
    let mut doing = wait.reconcile.settle(&op, &wait.value);
    loop {
        tokio::select! {
            ended = &mut doing => return ended,
            () = tokio::time::sleep(TICK) => events.tell(Event::ApplyProgress {
                address: wait.address.clone(),
                deposed: None,
                step: Step::Create,
                id: wait.value.get_str("id").map(str::to_owned),
                elapsed: start.elapsed(),
            }),
        }
    }
}

fn taint(snapshot: &mut Snapshot, address: &AbsInstance) {
    snapshot.waiting.remove(address);
    let provider = snapshot
        .resources
        .get(&address.resource)
        .map(|r| r.provider.clone());
    let object = snapshot.object(address, None).cloned();
    if let Some((provider, mut object)) = provider.zip(object) {
        object.status = Status::Tainted;
        snapshot.put(address, None, &provider, object);
    }
}

fn unsettled(address: &AbsInstance, why: &str) -> Diagnostic {
    let text = format!(
        "A run was interrupted while {address} was not ready yet, and it cannot be waited for now: {why}\n\nNothing was changed. Run apply again to go on."
    );
    Diagnostic::error("Unfinished wait", text).address(address.to_string())
}

fn unusable(address: &AbsInstance, error: &OpError) -> Diagnostic {
    let text = format!(
        "{address} was made by a run that was interrupted, and never became usable: {error}. It will be replaced."
    );
    Diagnostic::warning("Object is not usable", text).address(address.to_string())
}

/// What goes with a wait: it changes nothing.
struct Looking(Cancel);

impl Progress for Looking {
    fn created<'a>(&'a self, _state: &'a Value) -> Future<'a, ()> {
        Box::pin(async {})
    }

    fn cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn permit(&self) -> Result<(), OpError> {
        Err(OpError::new(
            OpErrorKind::Conflict,
            "waiting",
            "a wait changes nothing; this is a bug in bastionless",
        ))
    }
}
