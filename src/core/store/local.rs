//! States in files of this machine.
//!
//! `bastionless.tfstate` (other workspaces: `bastionless.tfstate.d/NAME/bastionless.tfstate`), the journal beside it, the lock
//! in `.bastionless.tfstate.lock.info` with Terraform's JSON and a lock of the operating system, so that the lock of a dead
//! process does not block for ever.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bastionless_model::cloud::{Future, OpError};

use super::{Backend, DEFAULT_WORKSPACE, LockInfo, StateStore, StoreFailure};
use crate::{
    io::{Disk, LockGuard},
    state::{Snapshot, journal::digest},
};

/// Where the states lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPaths {
    /// The working directory; other paths are relative to it.
    pub directory: PathBuf,
    /// The state of the default workspace (`path`).
    pub state: PathBuf,
    /// The folder of other workspaces (`workspace_dir`).
    pub workspaces: PathBuf,
}

impl LocalPaths {
    /// Returns the paths without any setting.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            state: "bastionless.tfstate".into(),
            workspaces: "bastionless.tfstate.d".into(),
        }
    }

    /// Returns the state file of a workspace as it is shown, relative to the working directory.
    fn shown(&self, workspace: &str) -> PathBuf {
        if workspace == DEFAULT_WORKSPACE {
            self.state.clone()
        } else {
            let name = self.state.file_name();
            let name = name.map_or_else(|| "bastionless.tfstate".into(), PathBuf::from);
            self.workspaces.join(workspace).join(name)
        }
    }
}

/// States in files.
pub struct LocalBackend {
    paths: LocalPaths,
    disk: Arc<dyn Disk>,
}

impl LocalBackend {
    /// Makes the backend; nothing is read or written yet.
    pub fn new(paths: LocalPaths, disk: Arc<dyn Disk>) -> Self {
        Self { paths, disk }
    }

    fn folder(&self) -> PathBuf {
        self.paths.directory.join(&self.paths.workspaces)
    }
}

impl Backend for LocalBackend {
    fn workspaces<'a>(&'a self) -> Future<'a, Result<Vec<String>, StoreFailure>> {
        Box::pin(async {
            let folder = self.folder();
            let found = self.disk.folders(&folder);
            let found = found
                .map_err(|e| StoreFailure::file(format!("listing {}", folder.display()), e))?;
            let others = found.into_iter().filter(|n| n != DEFAULT_WORKSPACE);
            Ok(std::iter::once(DEFAULT_WORKSPACE.to_owned())
                .chain(others)
                .collect())
        })
    }

    fn state(&self, workspace: &str) -> Arc<dyn StateStore> {
        let shown = self.paths.shown(workspace);
        Arc::new(LocalState {
            path: self.paths.directory.join(&shown),
            shown,
            disk: self.disk.clone(),
            held: Mutex::default(),
            seen: Mutex::default(),
        })
    }

    fn create<'a>(&'a self, workspace: &'a str) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move {
            if self.workspaces().await?.iter().any(|w| w == workspace) {
                let detail = format!("A workspace named \"{workspace}\" exists already.");
                return Err(StoreFailure::refused("Workspace already exists", detail));
            }
            let folder = self.folder().join(workspace);
            let made = self.disk.make_folder(&folder);
            made.map_err(|e| StoreFailure::file(format!("creating {}", folder.display()), e))
        })
    }

    fn delete<'a>(
        &'a self,
        workspace: &'a str,
        force: bool,
    ) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move {
            if workspace == DEFAULT_WORKSPACE {
                let detail = "The default workspace cannot be deleted.";
                return Err(StoreFailure::refused("Cannot delete workspace", detail));
            }
            if !self.workspaces().await?.iter().any(|w| w == workspace) {
                let detail = format!("There is no workspace named \"{workspace}\".");
                return Err(StoreFailure::refused("Workspace doesn't exist", detail));
            }
            let state = self.state(workspace);
            state.lock("workspace delete").await?;
            let deleted = self.delete_locked(workspace, &*state, force).await;
            let unlocked = state.unlock().await;
            deleted.and(unlocked)?;
            let folder = self.folder().join(workspace);
            let removed = self.disk.remove_folder(&folder);
            removed.map_err(|e| StoreFailure::file(format!("removing {}", folder.display()), e))
        })
    }

    fn probe<'a>(&'a self) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async { Ok(()) })
    }

    fn describe(&self) -> String {
        format!("the file {}", self.paths.state.display())
    }
}

impl LocalBackend {
    async fn delete_locked(
        &self,
        workspace: &str,
        state: &dyn StateStore,
        force: bool,
    ) -> Result<(), StoreFailure> {
        let prior = super::open(state, &*self.disk).await;
        if !force {
            let prior = prior?;
            if !prior.snapshot.is_empty() || !prior.open.is_empty() {
                let detail = format!(
                    "Workspace \"{workspace}\" is currently tracking objects. Destroy them first, or use -force to delete the workspace and leave them without management."
                );
                return Err(StoreFailure::refused("Workspace is not empty", detail));
            }
        }
        state.replace_journal(None).await?;
        let path = self.paths.directory.join(self.paths.shown(workspace));
        let removed = self.disk.remove(&path);
        removed.map_err(|e| StoreFailure::file(format!("removing {}", path.display()), e))
    }
}

struct LocalState {
    path: PathBuf,
    shown: PathBuf,
    disk: Arc<dyn Disk>,
    held: Mutex<Option<Box<dyn LockGuard>>>,
    /// Digest of what was read or written last: what must still be there when it is replaced.
    seen: Mutex<Option<String>>,
}

impl LocalState {
    fn beside(&self, prefix: &str, suffix: &str) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        self.path.with_file_name(format!("{prefix}{name}{suffix}"))
    }

    fn journal_path(&self) -> PathBuf {
        self.beside("", ".journal")
    }

    fn lock_path(&self) -> PathBuf {
        self.beside(".", ".lock.info")
    }

    fn read_file(&self, path: &Path) -> Result<Option<Vec<u8>>, StoreFailure> {
        let read = self.disk.read(path);
        read.map_err(|e| StoreFailure::file(format!("reading {}", path.display()), e))
    }

    fn write_file(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreFailure> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        let written = folder.map_or(Ok(()), |f| self.disk.make_folder(f));
        let written = written.and_then(|()| self.disk.replace(path, bytes));
        written.map_err(|e| StoreFailure::file(format!("writing {}", path.display()), e))
    }

    fn try_lock(&self, operation: &str) -> Result<String, StoreFailure> {
        let path = self.lock_path();
        let info = LockInfo::new(&*self.disk, operation, &self.shown.to_string_lossy());
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        let taken = folder.map_or(Ok(()), |f| self.disk.make_folder(f));
        let taken = taken.and_then(|()| self.disk.lock(&path, &info.to_json()));
        match taken {
            Ok(Some(guard)) => {
                *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(guard);
                Ok(info.id)
            }
            Ok(None) => Err(StoreFailure::Locked {
                holder: self.holder().map(Box::new),
                cause: "resource temporarily unavailable".into(),
            }),
            Err(e) => Err(StoreFailure::file(format!("locking {}", path.display()), e)),
        }
    }

    fn holder(&self) -> Option<LockInfo> {
        let bytes = self.disk.read(&self.lock_path()).ok().flatten()?;
        LockInfo::parse(&bytes)
    }

    fn remember(&self, bytes: Option<&[u8]>) {
        let digest = digest(bytes.unwrap_or_default());
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(digest);
    }
}

impl StateStore for LocalState {
    fn read<'a>(&'a self) -> Future<'a, Result<Option<Vec<u8>>, StoreFailure>> {
        Box::pin(async {
            let bytes = self.read_file(&self.path)?;
            self.remember(bytes.as_deref());
            Ok(bytes)
        })
    }

    fn write<'a>(&'a self, bytes: Vec<u8>) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move {
            let now = self.read_file(&self.path)?;
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let is_other = seen
                .as_ref()
                .is_some_and(|seen| *seen != digest(now.as_deref().unwrap_or_default()));
            drop(seen);
            if is_other {
                return Err(StoreFailure::Changed(self.describe()));
            }
            self.write_file(&self.path, &bytes)?;
            self.remember(Some(&bytes));
            Ok(())
        })
    }

    fn lock<'a>(&'a self, operation: &'a str) -> Future<'a, Result<String, StoreFailure>> {
        Box::pin(async move { self.try_lock(operation) })
    }

    fn unlock<'a>(&'a self) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async {
            let held = self
                .held
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            let released = held.map_or(Ok(()), LockGuard::release);
            released
                .map_err(|e| StoreFailure::file(format!("unlocking {}", self.shown.display()), e))
        })
    }

    fn force_unlock<'a>(&'a self, id: &'a str) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move {
            let refused = |detail| Err(StoreFailure::refused("Failed to unlock state", detail));
            let Some(holder) = self.holder() else {
                return refused("The state is not locked.".to_owned());
            };
            if holder.id != id {
                let shown = holder.to_string();
                return refused(format!("The lock has another ID than \"{id}\".\n{shown}"));
            }
            let path = self.lock_path();
            let taken = self.disk.lock(&path, &holder.to_json());
            match taken.map_err(|e| StoreFailure::file(format!("locking {}", path.display()), e))? {
                Some(guard) => guard
                    .release()
                    .map_err(|e| StoreFailure::file(format!("unlocking {}", path.display()), e)),
                None => refused(format!(
                    "Local state cannot be unlocked by another process: the one that holds the lock is still running. End it, and the lock ends with it.\n{holder}"
                )),
            }
        })
    }

    fn journal<'a>(&'a self) -> Future<'a, Result<Option<Vec<u8>>, StoreFailure>> {
        Box::pin(async { self.read_file(&self.journal_path()) })
    }

    fn append<'a>(&'a self, lines: Vec<u8>) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move {
            let path = self.journal_path();
            let disk = self.disk.clone();
            let to = path.clone();
            // Syncing blocks for milliseconds: not on a thread that drives calls.
            let appended = tokio::task::spawn_blocking(move || disk.append(&to, &lines)).await;
            let appended = appended.unwrap_or_else(|e| Err(std::io::Error::other(e)));
            appended.map_err(|e| StoreFailure::file(format!("writing {}", path.display()), e))
        })
    }

    fn replace_journal<'a>(
        &'a self,
        text: Option<Vec<u8>>,
    ) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move {
            let path = self.journal_path();
            match text {
                Some(text) => self.write_file(&path, &text),
                None => self
                    .disk
                    .remove(&path)
                    .map_err(|e| StoreFailure::file(format!("removing {}", path.display()), e)),
            }
        })
    }

    fn permit(&self, _time: Duration) -> Result<(), OpError> {
        Ok(())
    }

    fn describe(&self) -> String {
        self.shown.display().to_string()
    }
}

/// Says that a state of Terraform lies in the directory that was not taken over: `terraform.tfstate` holds resources, and
/// `bastionless.tfstate` does not exist. Every command that plans or writes stops then.
///
/// # Errors
/// Names `state adopt`; or the file that cannot be read.
pub fn unadopted(disk: &dyn Disk, paths: &LocalPaths) -> Result<(), StoreFailure> {
    let ours = paths.directory.join(&paths.state);
    let theirs = paths.directory.join("terraform.tfstate");
    let read = |path: &Path| {
        let read = disk.read(path);
        read.map_err(|e| StoreFailure::file(format!("reading {}", path.display()), e))
    };
    if ours == theirs || read(&ours)?.is_some() {
        return Ok(());
    }
    let Some(bytes) = read(&theirs)?.filter(|b| !b.is_empty()) else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(&bytes);
    // A file that cannot be read may hold anything: it stops the run as well.
    let holds = Snapshot::read(&text).map_or(true, |s| !s.resources.is_empty());
    if !holds {
        return Ok(());
    }
    Err(StoreFailure::refused(
        "State of Terraform not taken over",
        "The file terraform.tfstate holds resources, and bastionless.tfstate does not exist. Run `bastionless state adopt` to take it over (terraform.tfstate stays as it is), or move it away to begin with an empty state.",
    ))
}
