//! State stores: where snapshots and journals lie, under which lock.
//!
//! A [`Backend`] holds workspaces; a [`StateStore`] is one of them. [`open`] reads a snapshot with its journal folded in.

mod error;
mod local;
mod lock_info;
mod open;
mod s3;
mod s3_lock;

use std::{sync::Arc, time::Duration};

use bastionless_model::cloud::{Future, OpError};

pub use error::StoreFailure;
pub use local::{LocalBackend, LocalPaths, unadopted};
pub use lock_info::{Lease, LockInfo};
pub use open::{Prior, forget_unfinished, lock, open};
pub use s3::{S3Backend, S3Settings};

/// The workspace that always exists.
pub const DEFAULT_WORKSPACE: &str = "default";

/// The state of one workspace.
///
/// Writes are conditional: they fail when somebody else changed the state since it was read through this store.
pub trait StateStore: Send + Sync {
    /// Reads the stored snapshot; `None` where there is none.
    fn read<'a>(&'a self) -> Future<'a, Result<Option<Vec<u8>>, StoreFailure>>;
    /// Replaces the stored snapshot; durable when it ends.
    fn write<'a>(&'a self, bytes: Vec<u8>) -> Future<'a, Result<(), StoreFailure>>;
    /// Tries once to take the lock, for an operation such as `OperationTypeApply`, and returns its id.
    fn lock<'a>(&'a self, operation: &'a str) -> Future<'a, Result<String, StoreFailure>>;
    /// Gives the lock back; without one nothing happens.
    fn unlock<'a>(&'a self) -> Future<'a, Result<(), StoreFailure>>;
    /// Removes the lock of somebody else, if it has this id.
    fn force_unlock<'a>(&'a self, id: &'a str) -> Future<'a, Result<(), StoreFailure>>;
    /// Reads the journal; `None` where there is none.
    fn journal<'a>(&'a self) -> Future<'a, Result<Option<Vec<u8>>, StoreFailure>>;
    /// Appends lines to the journal; durable when it ends. One call at a time.
    fn append<'a>(&'a self, lines: Vec<u8>) -> Future<'a, Result<(), StoreFailure>>;
    /// Replaces the journal as a whole, or removes it.
    fn replace_journal<'a>(&'a self, text: Option<Vec<u8>>)
    -> Future<'a, Result<(), StoreFailure>>;
    /// Checks that the lock holds for that much longer.
    ///
    /// # Errors
    /// Says that no changing call may be made any more.
    fn permit(&self, time: Duration) -> Result<(), OpError>;
    /// Says where the state lies, for messages.
    fn describe(&self) -> String;
}

/// A place that holds states, one a workspace.
pub trait Backend: Send + Sync {
    /// Returns the names of all workspaces, `default` first, the others sorted.
    fn workspaces<'a>(&'a self) -> Future<'a, Result<Vec<String>, StoreFailure>>;
    /// Returns the state of a workspace, which need not exist yet.
    fn state(&self, workspace: &str) -> Arc<dyn StateStore>;
    /// Makes a workspace without objects.
    fn create<'a>(&'a self, workspace: &'a str) -> Future<'a, Result<(), StoreFailure>>;
    /// Deletes a workspace; one that still holds objects only with `force`.
    fn delete<'a>(
        &'a self,
        workspace: &'a str,
        force: bool,
    ) -> Future<'a, Result<(), StoreFailure>>;
    /// Tries what a run needs, so that `init` can say what is missing.
    fn probe<'a>(&'a self) -> Future<'a, Result<(), StoreFailure>>;
    /// Says what kind of place it is, for messages.
    fn describe(&self) -> String;
}

#[cfg(test)]
mod tests;
