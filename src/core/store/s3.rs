//! States in a bucket: conditional writes, a lock with a lease, the journal as one object beside the state.
//!
//! Every conditional write carries a request id. When a condition fails the object is read, and if the id is ours the write had
//! been done and only its answer was lost.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bastionless_model::cloud::{
    Condition, Future, ObjectStore, OpError, OpErrorKind, StoreError, Stored,
};

use super::{
    Backend, DEFAULT_WORKSPACE, StateStore, StoreFailure,
    s3_lock::{LEASE, Lock},
};
use crate::{io::Disk, state::Snapshot};

/// Settings of an S3 backend that are not the bucket's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Settings {
    /// Key of the state of the default workspace.
    pub key: String,
    /// What the keys of other workspaces begin with.
    pub workspace_key_prefix: String,
    /// `use_lockfile`; unset locks too.
    pub use_lockfile: Option<bool>,
    /// `dynamodb_table`
    pub dynamodb_table: Option<String>,
    /// How long a lock holds without renewal.
    pub lease: Duration,
}

impl S3Settings {
    /// Returns the settings without anything but the key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            workspace_key_prefix: "env:".into(),
            use_lockfile: None,
            dynamodb_table: None,
            lease: LEASE,
        }
    }

    /// Checks that the settings can be obeyed.
    ///
    /// # Errors
    /// Names the setting that cannot, and what to do.
    pub fn check(&self) -> Result<(), StoreFailure> {
        let refused = |detail: &str| {
            Err(StoreFailure::refused(
                "Invalid backend configuration",
                detail,
            ))
        };
        if self.key.is_empty() || self.key.starts_with('/') || self.key.ends_with('/') {
            return refused(
                "The value of `key` must not be empty, and must not start or end with \"/\".",
            );
        }
        if self.workspace_key_prefix.starts_with('/') || self.workspace_key_prefix.ends_with('/') {
            return refused(
                "The value of `workspace_key_prefix` must not start or end with \"/\".",
            );
        }
        if self.dynamodb_table.is_some() && self.use_lockfile != Some(true) {
            return refused(
                "Locking with `dynamodb_table` is not built yet, and ignoring it would let two runs write at once. Set `use_lockfile = true` for everybody who uses this state, Terraform included, then remove `dynamodb_table`.",
            );
        }
        Ok(())
    }
}

/// States in a bucket.
pub struct S3Backend {
    bucket: Arc<dyn ObjectStore>,
    settings: S3Settings,
    disk: Arc<dyn Disk>,
}

impl S3Backend {
    /// Makes the backend; nothing is read or written yet.
    ///
    /// # Errors
    /// Names a setting that cannot be obeyed.
    pub fn new(
        bucket: Arc<dyn ObjectStore>,
        settings: S3Settings,
        disk: Arc<dyn Disk>,
    ) -> Result<Self, StoreFailure> {
        settings.check()?;
        Ok(Self {
            bucket,
            settings,
            disk,
        })
    }

    fn key(&self, workspace: &str) -> String {
        let S3Settings {
            key,
            workspace_key_prefix,
            ..
        } = &self.settings;
        match workspace {
            DEFAULT_WORKSPACE => key.clone(),
            name if workspace_key_prefix.is_empty() => format!("{name}/{key}"),
            name => format!("{workspace_key_prefix}/{name}/{key}"),
        }
    }

    fn open(&self, workspace: &str) -> S3State {
        let key = self.key(workspace);
        let objects = Objects {
            bucket: self.bucket.clone(),
            disk: self.disk.clone(),
        };
        let locks = self.settings.use_lockfile != Some(false);
        S3State {
            lock: locks.then(|| {
                Lock::new(
                    objects.clone(),
                    format!("{key}.tflock"),
                    self.settings.lease,
                )
            }),
            journal_key: format!("{key}.journal"),
            objects,
            key,
            seen: Mutex::default(),
            journal: Mutex::default(),
        }
    }
}

impl Backend for S3Backend {
    fn workspaces<'a>(&'a self) -> Future<'a, Result<Vec<String>, StoreFailure>> {
        Box::pin(async {
            let prefix = &self.settings.workspace_key_prefix;
            let prefix = if prefix.is_empty() {
                String::new()
            } else {
                format!("{prefix}/")
            };
            let suffix = format!("/{}", self.settings.key);
            let keys = self.bucket.list(&prefix).await?;
            let names = keys
                .iter()
                .filter_map(|k| k.strip_prefix(&prefix)?.strip_suffix(&suffix));
            let mut names: Vec<_> = names
                .filter(|n| !n.is_empty() && !n.contains('/') && *n != DEFAULT_WORKSPACE)
                .map(str::to_owned)
                .collect();
            names.sort();
            names.insert(0, DEFAULT_WORKSPACE.to_owned());
            Ok(names)
        })
    }

    fn state(&self, workspace: &str) -> Arc<dyn StateStore> {
        Arc::new(self.open(workspace))
    }

    fn create<'a>(&'a self, workspace: &'a str) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move {
            let empty = Snapshot::fresh(self.disk.uuid()).write();
            let state = self.open(workspace);
            let empty = empty.map_err(|error| StoreFailure::State {
                place: state.describe(),
                error,
            })?;
            let written = state
                .objects
                .put(&state.key, empty.into_bytes(), Condition::Absent)
                .await;
            written.map(drop).map_err(|e| match e {
                StoreError::Precondition => {
                    let detail = format!("A workspace named \"{workspace}\" exists already.");
                    StoreFailure::refused("Workspace already exists", detail)
                }
                StoreError::Call(e) => e.into(),
            })
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
            let state = self.open(workspace);
            if state.read().await?.is_none() {
                let detail = format!("There is no workspace named \"{workspace}\".");
                return Err(StoreFailure::refused("Workspace doesn't exist", detail));
            }
            state.lock("workspace delete").await?;
            let deleted = self.delete_locked(workspace, &state, force).await;
            let unlocked = state.unlock().await;
            deleted.and(unlocked)
        })
    }

    /// Finds out whether the bucket honours conditions and may be written, with an object of its own.
    fn probe<'a>(&'a self) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async {
            let key = format!("{}.probe-{}", self.settings.key, self.disk.uuid());
            let state = self.open(DEFAULT_WORKSPACE);
            state.read().await?;
            let tried = self.try_conditions(&state.objects, &key).await;
            let removed = self.bucket.delete(&key, Condition::Always).await;
            tried?;
            match removed {
                Ok(()) | Err(StoreError::Precondition) => Ok(()),
                Err(StoreError::Call(e)) => Err(e.into()),
            }
        })
    }

    fn describe(&self) -> String {
        self.bucket.describe(&self.settings.key)
    }
}

/// Refuses a store that does not look at conditions.
pub(super) fn ignores_conditions(place: &str) -> StoreFailure {
    StoreFailure::refused(
        "Unsafe state store",
        format!(
            "The store of {place} ignores the conditions If-None-Match and If-Match, so it cannot keep two runs apart and cannot hold a state safely. Use Amazon S3, or a store that supports conditional writes."
        ),
    )
}

impl S3Backend {
    async fn try_conditions(&self, objects: &Objects, key: &str) -> Result<(), StoreFailure> {
        let place = self.bucket.describe(&self.settings.key);
        let call = |e: StoreError| match e {
            StoreError::Precondition => ignores_conditions(&place),
            StoreError::Call(e) => e.into(),
        };
        let etag = objects
            .put(key, b"1".to_vec(), Condition::Absent)
            .await
            .map_err(call)?;
        let other = Condition::Matches("\"0\"".into());
        for condition in [Condition::Absent, other] {
            match objects.put(key, b"2".to_vec(), condition).await {
                Err(StoreError::Precondition) => {}
                Err(StoreError::Call(e)) => return Err(e.into()),
                Ok(_) => return Err(ignores_conditions(&place)),
            }
        }
        objects
            .put(key, b"3".to_vec(), Condition::Matches(etag))
            .await
            .map_err(call)?;
        Ok(())
    }

    async fn delete_locked(
        &self,
        workspace: &str,
        state: &S3State,
        force: bool,
    ) -> Result<(), StoreFailure> {
        if !force {
            let prior = super::open(state, &*self.disk).await?;
            if !prior.snapshot.is_empty() || !prior.open.is_empty() {
                let detail = format!(
                    "Workspace \"{workspace}\" is currently tracking objects. Destroy them first, or use -force to delete the workspace and leave them without management."
                );
                return Err(StoreFailure::refused("Workspace is not empty", detail));
            }
        }
        state.replace_journal(None).await?;
        match self.bucket.delete(&state.key, Condition::Always).await {
            Ok(()) => Ok(()),
            Err(StoreError::Call(e)) => Err(e.into()),
            Err(StoreError::Precondition) => Err(StoreFailure::Changed(state.describe())),
        }
    }
}

/// Objects with writes that know whether they were done.
#[derive(Clone)]
pub(super) struct Objects {
    pub(super) bucket: Arc<dyn ObjectStore>,
    pub(super) disk: Arc<dyn Disk>,
}

impl Objects {
    /// Writes an object and returns its entity tag.
    pub(super) async fn put(
        &self,
        key: &str,
        bytes: Vec<u8>,
        condition: Condition,
    ) -> Result<String, StoreError> {
        let request_id = self.disk.uuid();
        let is_conditional = condition != Condition::Always;
        let mut tries = 3;
        loop {
            tries -= 1;
            let put = self
                .bucket
                .put(key, bytes.clone(), &request_id, condition.clone())
                .await;
            let error = match put {
                Ok(etag) => return Ok(etag),
                Err(e) => e,
            };
            let is_unclear = match &error {
                StoreError::Precondition => is_conditional,
                StoreError::Call(e) => {
                    matches!(e.kind, OpErrorKind::Unavailable | OpErrorKind::Timeout)
                }
            };
            if !is_unclear {
                return Err(error);
            }
            let Ok(there) = self.bucket.get(key).await else {
                return Err(error);
            };
            if let Some(there) = &there
                && there.request_id.as_deref() == Some(&request_id)
            {
                return Ok(there.etag.clone());
            }
            // Two conditional writes at once are refused although the condition holds: that one is worth another try.
            let holds = match (&condition, &there) {
                (Condition::Absent, None) => true,
                (Condition::Matches(etag), Some(there)) => there.etag == *etag,
                _ => false,
            };
            if tries == 0 || !holds {
                return Err(error);
            }
        }
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Stored>, OpError> {
        self.bucket.get(key).await
    }
}

/// What an object is known to be: `None` where nothing is known, else its entity tag, if it exists.
type Version = Option<Option<String>>;

#[derive(Default)]
struct JournalObject {
    text: Vec<u8>,
    version: Version,
}

struct S3State {
    objects: Objects,
    key: String,
    journal_key: String,
    lock: Option<Lock>,
    seen: Mutex<Version>,
    journal: Mutex<JournalObject>,
}

fn condition(version: Option<String>) -> Condition {
    version.map_or(Condition::Absent, Condition::Matches)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl S3State {
    /// Fails once the lock is known to be lost: somebody else may be writing.
    fn check_lock(&self) -> Result<(), StoreFailure> {
        match self.lock.as_ref().and_then(Lock::lost) {
            Some(why) => Err(StoreFailure::LostLock(why)),
            None => Ok(()),
        }
    }

    async fn known(&self) -> Result<Option<String>, StoreFailure> {
        let seen = locked(&self.seen).clone();
        match seen {
            Some(version) => Ok(version),
            None => {
                self.read().await?;
                Ok(locked(&self.seen).clone().flatten())
            }
        }
    }

    async fn put_journal(
        &self,
        text: Vec<u8>,
        version: Option<String>,
    ) -> Result<(), StoreFailure> {
        self.check_lock()?;
        let put = self
            .objects
            .put(&self.journal_key, text.clone(), condition(version))
            .await;
        let etag = put.map_err(|e| self.failure(e, &self.journal_key))?;
        *locked(&self.journal) = JournalObject {
            text,
            version: Some(Some(etag)),
        };
        Ok(())
    }

    fn failure(&self, error: StoreError, key: &str) -> StoreFailure {
        match error {
            StoreError::Precondition => StoreFailure::Changed(self.objects.bucket.describe(key)),
            StoreError::Call(e) => e.into(),
        }
    }
}

impl StateStore for S3State {
    fn read<'a>(&'a self) -> Future<'a, Result<Option<Vec<u8>>, StoreFailure>> {
        Box::pin(async {
            let stored = self.objects.get(&self.key).await?;
            *locked(&self.seen) = Some(stored.as_ref().map(|s| s.etag.clone()));
            Ok(stored.map(|s| s.bytes))
        })
    }

    fn write<'a>(&'a self, bytes: Vec<u8>) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move {
            self.check_lock()?;
            let known = self.known().await?;
            let put = self.objects.put(&self.key, bytes, condition(known)).await;
            let etag = put.map_err(|e| self.failure(e, &self.key))?;
            *locked(&self.seen) = Some(Some(etag));
            Ok(())
        })
    }

    fn lock<'a>(&'a self, operation: &'a str) -> Future<'a, Result<String, StoreFailure>> {
        Box::pin(async move {
            match &self.lock {
                Some(lock) => lock.take(operation).await,
                None => Ok(String::new()),
            }
        })
    }

    fn unlock<'a>(&'a self) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async {
            match &self.lock {
                Some(lock) => lock.release().await,
                None => Ok(()),
            }
        })
    }

    fn force_unlock<'a>(&'a self, id: &'a str) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move {
            match &self.lock {
                Some(lock) => lock.break_open(id).await,
                None => {
                    let detail = "Locking is switched off with `use_lockfile = false`.";
                    Err(StoreFailure::refused("Failed to unlock state", detail))
                }
            }
        })
    }

    fn journal<'a>(&'a self) -> Future<'a, Result<Option<Vec<u8>>, StoreFailure>> {
        Box::pin(async {
            let stored = self.objects.get(&self.journal_key).await?;
            let text = stored.as_ref().map(|s| s.bytes.clone());
            *locked(&self.journal) = JournalObject {
                text: text.clone().unwrap_or_default(),
                version: Some(stored.map(|s| s.etag)),
            };
            Ok(text)
        })
    }

    fn append<'a>(&'a self, lines: Vec<u8>) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move {
            if locked(&self.journal).version.is_none() {
                self.journal().await?;
            }
            let (mut text, version) = {
                let journal = locked(&self.journal);
                (journal.text.clone(), journal.version.clone().flatten())
            };
            text.extend_from_slice(&lines);
            self.put_journal(text, version).await
        })
    }

    fn replace_journal<'a>(
        &'a self,
        text: Option<Vec<u8>>,
    ) -> Future<'a, Result<(), StoreFailure>> {
        Box::pin(async move {
            if locked(&self.journal).version.is_none() {
                self.journal().await?;
            }
            let version = locked(&self.journal).version.clone().flatten();
            let Some(text) = text else {
                let Some(etag) = version else { return Ok(()) };
                let deleted = self
                    .objects
                    .bucket
                    .delete(&self.journal_key, Condition::Matches(etag))
                    .await;
                deleted.map_err(|e| self.failure(e, &self.journal_key))?;
                *locked(&self.journal) = JournalObject {
                    text: Vec::new(),
                    version: Some(None),
                };
                return Ok(());
            };
            self.put_journal(text, version).await
        })
    }

    fn permit(&self, time: Duration) -> Result<(), OpError> {
        self.lock.as_ref().map_or(Ok(()), |lock| lock.permit(time))
    }

    fn describe(&self) -> String {
        self.objects.bucket.describe(&self.key)
    }
}
