//! Objects with conditional writes: what the S3 backend stands on.

use super::{Future, OpError};

/// An object's content and version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Entity tag, for [`Condition::Matches`].
    pub etag: String,
    /// Metadata: the request id of the write that made this version.
    pub request_id: Option<String>,
}

/// Under which condition a write is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Always.
    Always,
    /// Only if there is no such object.
    Absent,
    /// Only if the object has this entity tag.
    Matches(String),
}

/// Why a write was not done.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The condition does not hold.
    #[error("the object changed in the meantime")]
    Precondition,
    /// The call failed.
    #[error(transparent)]
    Call(#[from] OpError),
}

/// A bucket.
pub trait ObjectStore: Send + Sync {
    /// Reads an object; `None` where there is none.
    fn get<'a>(&'a self, key: &'a str) -> Future<'a, Result<Option<Stored>, OpError>>;
    /// Writes an object with the given request id as metadata and returns its entity tag.
    fn put<'a>(
        &'a self,
        key: &'a str,
        bytes: Vec<u8>,
        request_id: &'a str,
        condition: Condition,
    ) -> Future<'a, Result<String, StoreError>>;
    /// Deletes an object; one that is not there counts as deleted.
    fn delete<'a>(
        &'a self,
        key: &'a str,
        condition: Condition,
    ) -> Future<'a, Result<(), StoreError>>;
    /// Lists the keys that begin with `prefix`.
    fn list<'a>(&'a self, prefix: &'a str) -> Future<'a, Result<Vec<String>, OpError>>;
    /// Says where the object lies, for messages, such as `s3://bucket/key`.
    fn describe(&self, key: &str) -> String;
}
