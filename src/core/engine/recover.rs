//! After a run that broke off: finds the objects of changes that have no end.
//!
//! Nothing here changes anything. What is found is put into the snapshot at hand, so that the plan sees it; the apply that
//! follows stores it.

use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    cloud::{Found, Intent},
    schema::{Catalogue, plan::normalise_read},
};

use super::{Event, Events, Providers, apply::region_of, failure::told};
use crate::{
    state::{
        Object, Snapshot,
        journal::{Begin, Entry, Intended},
    },
    store::Prior,
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
    for begin in std::mem::take(&mut prior.open) {
        // An unfinished update or destruction needs nothing: the object is in the state, and reading it tells how it is.
        if begin.action != Intended::Create {
            continue;
        }
        match look(&begin, prior, providers, catalogue).await {
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

async fn look(begin: &Begin, prior: &Prior, providers: &Providers, catalogue: &Catalogue) -> Look {
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
    match reconcile.find(Some(&intent), &planned).await {
        Ok(Found::Nothing) => Look::Settled,
        Ok(Found::Ours(found)) if !reconcile.has_natural_key() || begin.was_free => {
            let settings = providers.settings(&begin.provider);
            let value = normalise_read(&schema, &settings, Some(&planned), &found);
            let id = value.get_str("id").unwrap_or_default().to_owned();
            match Object::encode(&value.mark_with_paths(&marks), &schema) {
                Ok(mut object) => {
                    object.dependencies.clone_from(&begin.object.dependencies);
                    object.create_before_destroy = begin.object.create_before_destroy;
                    Look::Adopted(object, id)
                }
                Err(e) => Look::Open(unsettled(begin, &e.to_string())),
            }
        }
        Ok(Found::Ours(found)) => {
            let id = found.get_str("id").unwrap_or("?").to_owned();
            Look::Open(unproven(
                begin,
                &id,
                "nobody looked whether the name was free before",
            ))
        }
        Ok(Found::Unproven { id, why }) => Look::Open(unproven(begin, &id, &why)),
        Err(e) => Look::Open(unsettled(begin, &told(&e))),
    }
}

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
            "A run broke off while it created {address}. There is an object `{id}` that may be the one, but nothing proves it: {why}. If it is, take it over with `bastionless import '{address}' '{id}'`; if it is not, remove it or give yours another name. Then forget the unfinished change with `bastionless state recover -forget '{address}'`."
        ),
    )
}
