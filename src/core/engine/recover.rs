//! After a run that broke off: finds the objects of changes that have no end.
//!
//! Nothing here changes anything. What is found is put into the snapshot at hand, so that the plan sees it; the apply that
//! follows stores it.

use std::time::Duration;

use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    cloud::{Found, Intent},
    schema::{Catalogue, plan::normalise_read},
    value::Value,
};

use super::{Event, Events, Providers, apply::region_of, failure::told};
use crate::{
    io::{Disk as _, RealDisk},
    lang::address::Mode,
    state::{
        Object, Snapshot,
        journal::{Begin, Entry, Intended},
    },
    store::Prior,
};

/// How long listings may lag behind.
const LAG: Duration = if cfg!(test) {
    Duration::ZERO
} else {
    Duration::from_secs(10)
};

/// What looking gave.
#[derive(Debug, Default)]
pub struct Recovered {
    /// What must be settled by the user before the next apply, and what was found.
    pub diagnostics: Diagnostics,
    /// How many objects were taken over.
    pub adopted: usize,
}

/// Looks for the objects of the changes in `prior.open` whose providers are configured, takes over those that are proven ours,
/// and leaves in `prior.open` what could not be settled.
pub async fn recover(
    prior: &mut Prior,
    providers: &Providers,
    catalogue: &Catalogue,
    events: &dyn Events,
) -> Recovered {
    let mut out = Recovered::default();
    // One wait serves all: time passes for every object.
    let mut waited = false;
    for begin in std::mem::take(&mut prior.open) {
        // An unfinished update or destruction needs no search: the object is in the state, and reading it tells how it is.
        if begin.action != Intended::Create {
            let current =
                begin.deposed.is_none() && prior.snapshot.object(&begin.address, None).is_some();
            if begin.action == Intended::Update && current {
                prior.snapshot.waiting.insert(begin.address.clone());
            }
            continue;
        }
        match look(&begin, prior, providers, catalogue, &mut waited).await {
            Look::Settled => {}
            Look::Adopted(object, id) => {
                adopt(&mut prior.snapshot, &begin, object);
                out.adopted += 1;
                events.tell(Event::Adopted {
                    address: begin.address.clone(),
                    id,
                });
            }
            Look::Open(problem) => {
                out.diagnostics
                    .push(problem.address(begin.address.to_string()));
                prior.open.push(begin);
            }
        }
    }
    out
}

enum Look {
    Settled,
    Adopted(Object, String),
    Open(Diagnostic),
}

async fn look(
    begin: &Begin,
    prior: &Prior,
    providers: &Providers,
    catalogue: &Catalogue,
    waited: &mut bool,
) -> Look {
    let address = &begin.address;
    let type_name = &address.resource.resource.type_name;
    let Some(schema) = catalogue.managed(type_name) else {
        return Look::Open(unsettled(begin, "this version does not know its type"));
    };
    let planned = match begin.object.decode(&schema) {
        Ok(planned) => planned,
        Err(e) => return Look::Open(unsettled(begin, &e.to_string())),
    };
    let (planned, marks) = planned.unmark_with_paths();
    // Recorded as created before the run broke off: it is in the state already, and reading it tells how far it came.
    if !prior.foreign_journal && was_created(prior, begin) {
        return Look::Settled;
    }
    let region = region_of(&planned);
    let reconcile = match providers.reconcile(&begin.provider, type_name, region.as_deref()) {
        Ok(reconcile) => reconcile,
        Err(e) => return Look::Open(unsettled(begin, &e.to_string())),
    };
    let intent = Intent {
        id: begin.id.clone(),
        recorded_at: begin.at,
    };
    let mut found = reconcile.find(Some(&intent), &planned).await;
    // What was made moments ago may not be seen yet: listings lag behind.
    if matches!(found, Ok(Found::Nothing)) && is_young(begin) {
        if !std::mem::replace(waited, true) {
            tokio::time::sleep(LAG).await;
        }
        found = reconcile.find(Some(&intent), &planned).await;
    }
    let id_of = |value: &Value| value.get_str("id").unwrap_or("?").to_owned();
    let id = match &found {
        Ok(Found::Nothing) => return Look::Settled,
        Ok(Found::Ours(value)) => id_of(value),
        Ok(Found::Unproven { id, .. }) => id.clone(),
        Err(e) => return Look::Open(unsettled(begin, &told(e))),
    };
    // Taken over before, by an import or by a run whose journal was left behind.
    if is_known(&prior.snapshot, begin, &id) {
        return Look::Settled;
    }
    match found {
        Ok(Found::Ours(value)) if !reconcile.has_natural_key() || begin.was_free => {
            let settings = providers.settings(&begin.provider);
            let value = normalise_read(&schema, &settings, Some(&planned), &value);
            match Object::encode(&value.mark_with_paths(&marks), &schema) {
                Ok(mut object) => {
                    object.dependencies.clone_from(&begin.object.dependencies);
                    object.create_before_destroy = begin.object.create_before_destroy;
                    Look::Adopted(object, id)
                }
                Err(e) => Look::Open(unsettled(begin, &e.to_string())),
            }
        }
        Ok(Found::Unproven { why, .. }) => Look::Open(unproven(begin, &id, &why)),
        _ => Look::Open(unproven(
            begin,
            &id,
            "nobody looked whether the name was free before",
        )),
    }
}

fn is_young(begin: &Begin) -> bool {
    let now = i64::try_from(RealDisk.now().as_secs()).unwrap_or(i64::MAX);
    (0..120).contains(&now.saturating_sub(begin.at))
}

/// Tells whether an object of the type with this id is in the state, at whichever address.
fn is_known(snapshot: &Snapshot, begin: &Begin, id: &str) -> bool {
    let type_name = &begin.address.resource.resource.type_name;
    snapshot.instances().any(|(address, state, instance)| {
        let resource = &address.resource.resource;
        let mut objects = instance.current.iter().chain(instance.deposed.values());
        state.provider == begin.provider
            && resource.mode == Mode::Managed
            && resource.type_name == *type_name
            && objects.any(|o| o.text_attribute("id").as_deref() == Some(id))
    })
}

/// Tells whether the journal recorded the object of a change as created.
fn was_created(prior: &Prior, begin: &Begin) -> bool {
    let is_it = |e: &Entry| matches!(e, Entry::Created { id, .. } if *id == begin.id);
    prior.entries.iter().any(is_it)
}

/// Puts a found object into the snapshot. What was the current object waits for its destruction: the new one was to replace it.
fn adopt(snapshot: &mut Snapshot, begin: &Begin, object: Object) {
    if let Some(old) = snapshot.take(&begin.address, None) {
        let key = begin.id.get(..8).unwrap_or("00000000").into();
        snapshot.put(&begin.address, Some(&key), &begin.provider, old);
    }
    snapshot.put(&begin.address, None, &begin.provider, object);
    snapshot.waiting.insert(begin.address.clone());
}

fn unsettled(begin: &Begin, why: &str) -> Diagnostic {
    Diagnostic::error(
        "Unfinished change",
        format!(
            "A run broke off while it created {}; whether the object exists could not be found out: {why}",
            begin.address
        ),
    )
}

fn unproven(begin: &Begin, id: &str, why: &str) -> Diagnostic {
    let address = &begin.address;
    Diagnostic::error(
        "Object of an unfinished change",
        format!(
            "A run broke off while it created {address}. There is an object `{id}` that may be the one, but nothing proves it: {why}. Look at it, then forget the unfinished change with `bastionless state recover -forget='{address}'`. If the object is the one, take it over with `bastionless import '{address}' '{id}'`; if it is not, remove it or give yours another name."
        ),
    )
}
