//! Opening a state: the snapshot with what its journal adds, and locking with patience.

use std::{collections::BTreeSet, time::Duration};

use super::{StateStore, StoreFailure};
use crate::{
    io::Disk,
    lang::address::AbsInstance,
    state::{
        Snapshot, StateError,
        journal::{Base, Begin, Entry, Journal, fold},
    },
};

/// A state as a run finds it.
#[derive(Clone, Debug)]
pub struct Prior {
    /// What exists: the stored snapshot, with the journal of a broken-off run folded in.
    pub snapshot: Snapshot,
    /// What is stored.
    pub base: Base,
    /// Nothing is stored yet.
    pub is_new: bool,
    /// Entries of a broken-off run that build on what is stored; they are in `snapshot` already.
    pub entries: Vec<Entry>,
    /// Changes without an end: their objects must be looked for.
    pub open: Vec<Begin>,
    /// The journal does not build on what is stored: `open` are hints only.
    pub foreign_journal: bool,
}

/// Reads a snapshot and its journal.
///
/// # Errors
/// Fails where either cannot be read, or the snapshot breaks rules.
pub async fn open(store: &dyn StateStore, disk: &dyn Disk) -> Result<Prior, StoreFailure> {
    let place = store.describe();
    let stored = store.read().await?.filter(|b| !b.is_empty());
    let state_error = |error| StoreFailure::State {
        place: place.clone(),
        error,
    };
    let bytes = stored.as_deref().unwrap_or_default();
    let snapshot = match &stored {
        None => Snapshot::fresh(disk.uuid()),
        Some(bytes) => Snapshot::read(utf8(bytes).map_err(state_error)?).map_err(state_error)?,
    };
    let flaws = snapshot.flaws();
    if !flaws.is_empty() {
        let flaws = flaws.into_iter().map(|f| f.0).collect();
        return Err(StoreFailure::Broken { place, flaws });
    }
    let journal = match store.journal().await? {
        Some(text) => Journal::read(utf8(&text).map_err(state_error)?).map_err(state_error)?,
        None => None,
    };
    let mut prior = Prior {
        base: Base::of(&snapshot, bytes),
        snapshot,
        is_new: stored.is_none(),
        entries: Vec::new(),
        open: Vec::new(),
        foreign_journal: false,
    };
    let Some(journal) = journal else {
        return Ok(prior);
    };
    // What was never stored has no lineage to compare: there the journal gives its own.
    let continues = if prior.is_new {
        journal.base.digest == prior.base.digest && journal.base.serial == prior.base.serial
    } else {
        journal.base == prior.base
    };
    if continues {
        if prior.is_new {
            prior.snapshot.lineage.clone_from(&journal.base.lineage);
            prior.base.lineage.clone_from(&journal.base.lineage);
        }
        let folded = fold(prior.snapshot, &journal.entries);
        prior.snapshot = folded.snapshot;
        prior.open = folded.open;
        prior.entries = journal.entries;
    } else {
        prior.open = journal.hints();
        prior.foreign_journal = true;
    }
    Ok(prior)
}

/// Strikes the unfinished creation of an instance out of the journal: the user has settled it by hand. Tells whether there was
/// one.
///
/// # Errors
/// Fails where the journal cannot be read or written.
pub async fn forget_unfinished(
    store: &dyn StateStore,
    address: &AbsInstance,
) -> Result<bool, StoreFailure> {
    let place = store.describe();
    let state_error = |error| StoreFailure::State { place, error };
    let Some(text) = store.journal().await? else {
        return Ok(false);
    };
    let journal = utf8(&text).and_then(Journal::read).map_err(state_error)?;
    let Some(journal) = journal else {
        return Ok(false);
    };
    // An object that is recorded as created is known: its entries must stay.
    let created = journal.entries.iter().filter_map(|e| match e {
        Entry::Created { id, .. } => Some(id.clone()),
        _ => None,
    });
    let created: BTreeSet<_> = created.collect();
    let open = journal.hints().into_iter();
    let struck = open.filter(|b| b.address == *address && !created.contains(&b.id));
    let struck: BTreeSet<_> = struck.map(|b| b.id).collect();
    let is_struck = |e: &Entry| matches!(e, Entry::Begin(b) if struck.contains(&b.id));
    let kept: Vec<_> = journal.entries.iter().filter(|e| !is_struck(e)).collect();
    let mut lines = Journal::header(&journal.base);
    lines.extend(kept.iter().map(|e| e.to_line()));
    let lines = (!kept.is_empty()).then(|| lines.into_bytes());
    store.replace_journal(lines).await?;
    Ok(!struck.is_empty())
}

fn utf8(bytes: &[u8]) -> Result<&str, StateError> {
    std::str::from_utf8(bytes).map_err(|e| StateError::Format(format!("it is not UTF-8: {e}")))
}

/// Takes the lock, trying again until `patience` is over.
///
/// # Errors
/// Names the holder where somebody else has it.
pub async fn lock(
    store: &dyn StateStore,
    operation: &str,
    patience: Duration,
) -> Result<String, StoreFailure> {
    let start = tokio::time::Instant::now();
    let mut pause = Duration::from_secs(1);
    loop {
        match store.lock(operation).await {
            Err(StoreFailure::Locked { .. }) if start.elapsed() < patience => {
                let left = patience.saturating_sub(start.elapsed());
                tokio::time::sleep(pause.min(left)).await;
                pause = (pause * 2).min(Duration::from_secs(16));
            }
            other => return other,
        }
    }
}
