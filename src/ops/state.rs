//! `state list|show|rm|mv|pull|push|adopt`, `force-unlock`.

use std::{path::PathBuf, sync::Arc};

use bastionless_core::{
    io::{Disk, RealDisk},
    lang::{
        Target,
        address::{AbsInstance, Mode},
    },
    state::Snapshot,
    store::{self, Backend as _, LocalBackend, Prior, StateStore},
};
use bastionless_model::base::Diagnostic;

use super::{
    Done,
    env::Env,
    file_error,
    place::{self, Place},
    request::Locking,
};

/// Reads the state of the workspace.
pub(crate) async fn read(env: &Env) -> Done<Snapshot> {
    let place = Place::open(env).await?;
    Ok(store::open(&*place.store, &RealDisk).await?.snapshot)
}

/// Returns the instances that targets name, all without any; with `id` only those whose attribute `id` is this.
pub(crate) fn select(
    snapshot: &Snapshot,
    targets: &[Target],
    id: Option<&str>,
) -> Done<Vec<AbsInstance>> {
    let mut out: Vec<AbsInstance> = Vec::new();
    if targets.is_empty() {
        out.extend(snapshot.instances().map(|(a, ..)| a));
    }
    for target in targets {
        let found = snapshot.select(target);
        if found.is_empty() {
            return Err(no_instance(target).into());
        }
        out.extend(found);
    }
    out.sort_by(|a, b| listing_order(a).cmp(&listing_order(b)));
    out.dedup();
    if let Some(id) = id {
        out.retain(|a| {
            let object = snapshot.instance(a).and_then(|i| i.current.as_ref());
            object.and_then(|o| o.text_attribute("id")).as_deref() == Some(id)
        });
    }
    Ok(out)
}

/// Data sources stand before managed resources of a module.
fn listing_order(a: &AbsInstance) -> (usize, String, bool, &AbsInstance) {
    let module = &a.resource.module;
    (
        module.0.len(),
        module.to_string(),
        a.resource.resource.mode == Mode::Managed,
        a,
    )
}

fn no_instance(target: &Target) -> Diagnostic {
    Diagnostic::error(
        "No instance found",
        format!(
            "There is nothing at `{target}` in the state. `bastionless state list` shows what there is; text keys need quotation marks inside the shell's own."
        ),
    )
}

/// Changes the state under its lock. What stood there before is kept beside a local state.
pub(super) async fn change<T>(
    env: &Env,
    operation: &str,
    locking: Locking,
    edit: impl FnOnce(&mut Snapshot) -> Done<(T, bool)>,
) -> Done<T> {
    let place = Place::open(env).await?;
    let store = &*place.store;
    if locking.enabled {
        store::lock(store, operation, locking.patience).await?;
    }
    let done = change_locked(&place, edit).await;
    let unlocked = if locking.enabled {
        store.unlock().await
    } else {
        Ok(())
    };
    let done = done?;
    unlocked?;
    Ok(done)
}

async fn change_locked<T>(
    place: &Place,
    edit: impl FnOnce(&mut Snapshot) -> Done<(T, bool)>,
) -> Done<T> {
    let store = &*place.store;
    let before = store.read().await?;
    let Prior {
        mut snapshot,
        is_new,
        entries,
        ..
    } = store::open(store, &RealDisk).await?;
    let (result, is_changed) = edit(&mut snapshot)?;
    if is_changed || !entries.is_empty() {
        if let (Some(bytes), "local", false) = (&before, place.kind.as_str(), is_new) {
            back_up(&store.describe(), bytes)?;
        }
        snapshot.serial += 1;
        store.write(text(&snapshot)?.into_bytes()).await?;
    }
    Ok(result)
}

fn text(snapshot: &Snapshot) -> Done<String> {
    snapshot
        .write()
        .map_err(|e| Diagnostic::error("Failed to write the state", format!("{e}.")).into())
}

fn back_up(state: &str, bytes: &[u8]) -> Done<()> {
    let path = PathBuf::from(format!("{state}.{}.backup", RealDisk.now().as_secs()));
    RealDisk
        .replace(&path, bytes)
        .map_err(|e| file_error("Writing", &path, &e).into())
}

/// Takes objects out of the state; they go on existing.
pub(crate) async fn remove(
    env: &Env,
    targets: &[Target],
    dry: bool,
    locking: Locking,
) -> Done<Vec<AbsInstance>> {
    if dry {
        return select(&read(env).await?, targets, None);
    }
    change(env, "state rm", locking, |snapshot| {
        select(snapshot, targets, None)?;
        let gone: Vec<AbsInstance> = targets.iter().flat_map(|t| snapshot.remove(t)).collect();
        Ok((gone, true))
    })
    .await
}

/// Moves objects inside the state.
pub(crate) async fn rename(
    env: &Env,
    from: &Target,
    to: &Target,
    dry: bool,
    locking: Locking,
) -> Done<Vec<(AbsInstance, AbsInstance)>> {
    let moved = |snapshot: &mut Snapshot| {
        snapshot
            .rename(from, to)
            .map_err(|e| Diagnostic::error("Invalid move", format!("{e}.")).into())
    };
    if dry {
        return moved(&mut read(env).await?);
    }
    change(env, "state mv", locking, |snapshot| {
        moved(snapshot).map(|pairs| (pairs, true))
    })
    .await
}

/// Returns the text of the state, with what a broken-off run left.
pub(crate) async fn pull(env: &Env) -> Done<String> {
    let place = Place::open(env).await?;
    let prior = store::open(&*place.store, &RealDisk).await?;
    if prior.is_new && prior.entries.is_empty() {
        Ok(String::new())
    } else {
        text(&prior.snapshot)
    }
}

/// Replaces the state by a text; without `force` only by one of the same line that is not older.
pub(crate) async fn push(env: &Env, new: &str, force: bool, locking: Locking) -> Done<()> {
    let new = Snapshot::read(new)
        .map_err(|e| Diagnostic::error("Invalid state file", format!("{e}.")))?;
    let place = Place::open(env).await?;
    let store = &*place.store;
    if locking.enabled {
        store::lock(store, "state push", locking.patience).await?;
    }
    let done = push_locked(&place, new, force).await;
    let unlocked = if locking.enabled {
        store.unlock().await
    } else {
        Ok(())
    };
    done?;
    Ok(unlocked?)
}

async fn push_locked(place: &Place, mut new: Snapshot, force: bool) -> Done<()> {
    let store = &*place.store;
    let bytes = store.read().await?.filter(|b| !b.is_empty());
    let refused = |detail: String| Err(Diagnostic::error("Failed to write state", detail).into());
    if let Some(bytes) = &bytes {
        // A state that cannot be read can be replaced by force only.
        match (Snapshot::read(&String::from_utf8_lossy(bytes)), force) {
            (_, true) => {}
            (Err(e), false) => {
                return refused(format!(
                    "the state that is there cannot be read: {e}. -force replaces it."
                ));
            }
            (Ok(old), false) if old.lineage != new.lineage && !old.is_empty() => {
                return refused(format!(
                    "cannot import state with lineage \"{}\" over unrelated state with lineage \"{}\". -force replaces it.",
                    new.lineage, old.lineage
                ));
            }
            (Ok(old), false) if old.lineage == new.lineage && old.serial > new.serial => {
                return refused(format!(
                    "cannot import state with serial {} over newer state with serial {}. -force replaces it.",
                    new.serial, old.serial
                ));
            }
            (Ok(old), false) if old.lineage == new.lineage && old.serial == new.serial => {
                let same = matches!((old.write(), new.write()), (Ok(a), Ok(b)) if a == b);
                if same {
                    return Ok(());
                }
                return refused(format!(
                    "the state that is there has the same serial {} but other content. -force replaces it.",
                    old.serial
                ));
            }
            (Ok(_), false) => {}
        }
        if place.kind == "local" {
            back_up(&store.describe(), bytes)?;
        }
    }
    if new.lineage.is_empty() {
        new.lineage = RealDisk.uuid();
    }
    Ok(store.write(text(&new)?.into_bytes()).await?)
}

/// What `state adopt` did.
pub(crate) struct Adopted {
    /// How many objects.
    pub(crate) objects: usize,
    /// The state that was written.
    pub(crate) to: String,
}

/// Takes over Terraform's local state as it is; the source stays as it is.
pub(crate) async fn adopt(env: &Env, source: Option<&str>, locking: Locking) -> Done<Adopted> {
    let paths = place::local(env)?;
    let workspace = place::workspace(env)?;
    let usual = if workspace == store::DEFAULT_WORKSPACE {
        "terraform.tfstate".to_owned()
    } else {
        format!("terraform.tfstate.d/{workspace}/terraform.tfstate")
    };
    let source = PathBuf::from(source.unwrap_or(&usual));
    let store = LocalBackend::new(paths, Arc::new(RealDisk)).state(&workspace);
    let bytes = RealDisk
        .read(&source)
        .map_err(|e| file_error("Reading", &source, &e))?;
    let Some(bytes) = bytes else {
        let detail = format!("There is no file `{}` to take over.", source.display());
        return Err(Diagnostic::error("Nothing to adopt", detail).into());
    };
    let theirs = Snapshot::read(&String::from_utf8_lossy(&bytes)).map_err(|e| {
        Diagnostic::error("Invalid state file", format!("{}: {e}.", source.display()))
    })?;
    if locking.enabled {
        store::lock(&*store, "state adopt", locking.patience).await?;
    }
    let done = adopt_locked(&*store, &bytes, &theirs).await;
    let unlocked = if locking.enabled {
        store.unlock().await
    } else {
        Ok(())
    };
    let done = done?;
    unlocked?;
    Ok(done)
}

async fn adopt_locked(store: &dyn StateStore, bytes: &[u8], theirs: &Snapshot) -> Done<Adopted> {
    let ours = store::open(store, &RealDisk).await?;
    if !ours.snapshot.resources.is_empty() {
        let detail = format!(
            "{} holds resources already; nothing was written.",
            store.describe()
        );
        return Err(Diagnostic::error("State is not empty", detail).into());
    }
    store.read().await?;
    store.write(bytes.to_vec()).await?;
    Ok(Adopted {
        objects: theirs.objects().count(),
        to: store.describe(),
    })
}

/// Removes the lock of somebody else.
pub(crate) async fn force_unlock(env: &Env, id: &str) -> Done<()> {
    Ok(Place::open(env).await?.store.force_unlock(id).await?)
}
