//! Writing the state before the first change and after the last one.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::evaluate::Ended;
use crate::{
    lang::address::AbsInstance,
    plan::{CheckResult, CheckStatus, Plan, drift::covers},
    state::{
        Snapshot, StateError, TERRAFORM_VERSION,
        journal::{Base, Begin, Entry, Folded, Intended, Journal, digest},
    },
    store::{Prior, StateStore, StoreFailure},
};

/// What a run starts from.
pub(crate) struct Started {
    /// What is stored.
    pub(crate) base: Base,
    /// The same as a snapshot.
    pub(crate) snapshot: Snapshot,
    /// Objects of a run that broke off which may still carry a marker.
    pub(crate) marked: Vec<AbsInstance>,
}

/// What a run leaves behind beside the snapshot.
pub(crate) struct Rest {
    pub(crate) ended: Ended,
    /// Everything was done.
    pub(crate) complete: bool,
    /// Objects that may still carry a marker.
    pub(crate) marked: Vec<AbsInstance>,
}

/// What saving gave.
pub(crate) struct Saved {
    pub(crate) snapshot: Snapshot,
    pub(crate) failure: Option<StoreFailure>,
    pub(crate) unsaved: Option<String>,
}

/// Makes sure that what the plan starts from is what is stored: moves, imports and what was read are written before the first
/// change, so that the journal builds on them.
pub(crate) async fn begin(
    store: &dyn StateStore,
    plan: &Plan,
    prior: &Prior,
) -> Result<Started, StoreFailure> {
    let mut snapshot = (*plan.refreshed).clone();
    snapshot.lineage.clone_from(&prior.base.lineage);
    snapshot.serial = prior.base.serial;
    let marked = marked(&prior.entries);
    let mut base = prior.base.clone();
    if !plan.graph.nodes.is_empty() {
        let text = snapshot.write().map_err(|e| broken(store, e))?;
        // The version may differ where another program wrote the state: that alone is worth no write.
        if digest(text.as_bytes()) != base.digest && !(prior.is_new && snapshot.is_empty()) {
            snapshot.serial += 1;
            snapshot.terraform_version = TERRAFORM_VERSION.into();
            let text = snapshot.write().map_err(|e| broken(store, e))?;
            let written = Base::of(&snapshot, text.as_bytes());
            store.write(text.into_bytes()).await?;
            base = written;
        }
    }
    Ok(Started {
        base,
        snapshot,
        marked,
    })
}

fn broken(store: &dyn StateStore, error: StateError) -> StoreFailure {
    StoreFailure::State {
        place: store.describe(),
        error,
    }
}

/// Returns the objects that a run which broke off had created.
fn marked(entries: &[Entry]) -> Vec<AbsInstance> {
    let mut out = Vec::new();
    for entry in entries {
        if let Entry::Begin(begin) = entry
            && begin.action == Intended::Create
        {
            out.push(begin.address.clone());
        }
    }
    out
}

/// Writes what exists after the last change, and the journal of what must be looked for.
pub(crate) async fn end(
    store: &dyn StateStore,
    plan: &Plan,
    started: &Started,
    folded: Folded,
    rest: Rest,
    prior: &Prior,
) -> Saved {
    let had_journal = !prior.entries.is_empty() || !prior.open.is_empty() || prior.foreign_journal;
    let mut snapshot = folded.snapshot;
    if rest.complete {
        // What the run left alone is as it is to be.
        snapshot
            .last_applied
            .retain(|address, _| !covers(plan, address));
        snapshot.outputs = rest.ended.outputs;
    } else {
        // What could not be evaluated keeps its old value.
        snapshot.outputs.extend(rest.ended.outputs);
    }
    snapshot.check_results = check_results(&rest.ended.checks);
    snapshot
        .terraform_version
        .clone_from(&started.snapshot.terraform_version);
    let mut saved = Saved {
        snapshot,
        failure: None,
        unsaved: None,
    };
    let Some(base) = write_if_changed(store, started, &mut saved).await else {
        return saved;
    };
    let journal = left_over(&base, &saved.snapshot, folded.open, &rest.marked);
    if had_journal || folded.changed || journal.is_some() {
        let journal = journal.map(String::into_bytes);
        saved.failure = store.replace_journal(journal).await.err();
    }
    saved
}

/// Writes the journal that stays behind: changes without an end, and created objects that may still carry a marker. Those are
/// repeated as done, which changes nothing when it is folded.
fn left_over(
    base: &Base,
    snapshot: &Snapshot,
    open: Vec<Begin>,
    marked: &[AbsInstance],
) -> Option<String> {
    let mut lines = String::new();
    for begin in open {
        lines.push_str(&Entry::Begin(Box::new(begin)).to_line());
    }
    for (i, address) in marked.iter().enumerate() {
        let resource = snapshot.resources.get(&address.resource);
        let object = snapshot.object(address, None);
        if let (Some(resource), Some(object)) = (resource, object) {
            let id = format!("marked-{i}");
            let begin = Begin {
                id: id.clone(),
                address: address.clone(),
                deposed: None,
                action: Intended::Create,
                provider: resource.provider.clone(),
                at: 0,
                was_free: false,
                object: object.clone(),
            };
            lines.push_str(&Entry::Begin(Box::new(begin)).to_line());
            let object = Some(object.clone());
            // Done, or still to be waited for: folding it leaves the state as it is.
            let end = if snapshot.waiting.contains(address) {
                Entry::Failed {
                    id,
                    object,
                    open: false,
                }
            } else {
                Entry::Done { id, object }
            };
            lines.push_str(&end.to_line());
        }
    }
    (!lines.is_empty()).then(|| Journal::header(base) + &lines)
}

/// Writes the snapshot unless it equals what is stored, and returns what is stored then; `None` where that failed.
async fn write_if_changed(
    store: &dyn StateStore,
    started: &Started,
    saved: &mut Saved,
) -> Option<Base> {
    let snapshot = &mut saved.snapshot;
    let text = match snapshot.write() {
        Ok(text) => text,
        Err(e) => {
            saved.failure = Some(broken(store, e));
            return None;
        }
    };
    // As Terraform does, the first apply leaves a state even if there is nothing in it.
    if digest(text.as_bytes()) == started.base.digest {
        return Some(started.base.clone());
    }
    snapshot.serial += 1;
    snapshot.terraform_version = TERRAFORM_VERSION.into();
    let text = match snapshot.write() {
        Ok(text) => text,
        Err(e) => {
            saved.failure = Some(broken(store, e));
            return None;
        }
    };
    let base = Base::of(snapshot, text.as_bytes());
    match store.write(text.clone().into_bytes()).await {
        Ok(()) => Some(base),
        Err(e) => {
            saved.failure = Some(e);
            saved.unsaved = Some(text);
            None
        }
    }
}

/// Writes results of conditions as the state holds them.
fn check_results(checks: &[CheckResult]) -> Option<Arc<RawValue>> {
    use serde_json::{Map, Value as Json, json};
    if checks.is_empty() {
        return None;
    }
    let one = |c: &CheckResult| {
        let objects = c.instances.iter().map(|(address, status, messages)| {
            let mut object = Map::new();
            object.insert("object_addr".into(), json!(address));
            object.insert("status".into(), json!(status_name(*status)));
            if !messages.is_empty() {
                object.insert("failure_messages".into(), json!(messages));
            }
            Json::Object(object)
        });
        let objects: Vec<Json> = objects.collect();
        json!({
            "object_kind": c.kind,
            "config_addr": c.config_address,
            "status": status_name(c.status),
            "objects": if objects.is_empty() { Json::Null } else { Json::Array(objects) },
        })
    };
    let all = Json::Array(checks.iter().map(one).collect());
    RawValue::from_string(all.to_string()).ok().map(Arc::from)
}

fn status_name(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Fail => "fail",
        CheckStatus::Error => "error",
        CheckStatus::Unknown => "unknown",
    }
}
