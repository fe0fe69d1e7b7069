//! `init -migrate-state`: takes the states of all workspaces along to another backend.

use bastionless_core::{
    io::RealDisk,
    state::Snapshot,
    store::{self, Prior, StateStore},
};
use bastionless_model::base::Diagnostic;

use super::{
    Done,
    place::{self, Choice},
    request::Locking,
};

/// How states are taken along.
pub(crate) struct Asked<'a> {
    /// `-migrate-state`
    pub(crate) migrate: bool,
    /// `-force-copy`: without asking.
    pub(crate) force: bool,
    /// Asks a person; `None` where nobody can be asked.
    pub(crate) confirm: Option<&'a dyn Fn(&str) -> bool>,
    /// `-lock`, `-lock-timeout`
    pub(crate) locking: Locking,
}

/// Tells whether a backend holds objects in any workspace.
pub(crate) async fn holds_objects(choice: &Choice) -> Done<bool> {
    let backend = place::backend(choice).await?;
    for workspace in backend.workspaces().await? {
        let store = backend.state(&workspace);
        if !store::open(&*store, &RealDisk).await?.snapshot.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Copies the states of all workspaces. What was there before stays where it is. Returns the workspaces that were copied.
pub(crate) async fn migrate(from: &Choice, to: &Choice, asked: &Asked<'_>) -> Done<Vec<String>> {
    let (source, target) = (place::backend(from).await?, place::backend(to).await?);
    if source.describe() == target.describe() {
        return Ok(Vec::new());
    }
    let question = format!(
        "Do you want to copy existing state to the new backend?\n  Pre-existing state was found while migrating from {} to {}.\n  Nothing is deleted where it lies now.\n\n  Enter \"yes\" to copy and \"no\" to start with what is in the new backend.\n\n  Enter a value: ",
        source.describe(),
        target.describe()
    );
    if !asked.force {
        let Some(confirm) = asked.confirm else {
            return Err(Diagnostic::error(
                "State must be copied",
                "The state is to be copied to another backend, and nobody can be asked: give -force-copy to confirm, or -reconfigure to leave the state where it is.",
            )
            .into());
        };
        if !confirm(&question) {
            return Ok(Vec::new());
        }
    }
    let mut done = Vec::new();
    for workspace in source.workspaces().await? {
        let (old, new) = (source.state(&workspace), target.state(&workspace));
        if asked.locking.enabled {
            store::lock(&*old, "migration source state", asked.locking.patience).await?;
        }
        let copied = copy(&*old, &*new, &workspace, asked).await;
        let unlocked = if asked.locking.enabled {
            old.unlock().await
        } else {
            Ok(())
        };
        if copied? {
            done.push(workspace);
        }
        unlocked?;
    }
    Ok(done)
}

async fn copy(
    old: &dyn StateStore,
    new: &dyn StateStore,
    workspace: &str,
    asked: &Asked<'_>,
) -> Done<bool> {
    let Prior { snapshot, open, .. } = store::open(old, &RealDisk).await?;
    if !open.is_empty() {
        let detail = format!(
            "A run broke off in workspace \"{workspace}\" and left {} change(s) unfinished in {}. Go back to the old backend and run `bastionless apply` first.",
            open.len(),
            old.describe()
        );
        return Err(Diagnostic::error("Unfinished changes", detail).into());
    }
    if snapshot.is_empty() && snapshot.serial == 0 {
        return Ok(false);
    }
    if asked.locking.enabled {
        store::lock(new, "migration destination state", asked.locking.patience).await?;
    }
    let written = write(new, &snapshot, asked.force).await;
    let unlocked = if asked.locking.enabled {
        new.unlock().await
    } else {
        Ok(())
    };
    written?;
    unlocked?;
    Ok(true)
}

async fn write(new: &dyn StateStore, snapshot: &Snapshot, force: bool) -> Done<()> {
    let there = store::open(new, &RealDisk).await?.snapshot;
    let is_other = there.lineage != snapshot.lineage || there.serial > snapshot.serial;
    if !there.is_empty() && is_other && !force {
        let detail = format!(
            "{} holds another or a newer state already. -force-copy replaces it; `bastionless init -reconfigure` uses it as it is.",
            new.describe()
        );
        return Err(Diagnostic::error("State is not empty", detail).into());
    }
    let text = snapshot
        .write()
        .map_err(|e| Diagnostic::error("Failed to write the state", format!("{e}.")))?;
    new.read().await?;
    Ok(new.write(text.into_bytes()).await?)
}
