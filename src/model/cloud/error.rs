//! Failures of calls.

use crate::value::Path;

/// What kind of failure it is; decides what the engine does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpErrorKind {
    /// The caller may not.
    Denied,
    /// No or wrong credentials.
    Credentials,
    /// The object, or one that it needs, is not there.
    NotFound,
    /// An object of this name exists already.
    AlreadyExists,
    /// Something else still depends on it, or it changes just now.
    Conflict,
    /// Too many calls, after all retries.
    Throttled,
    /// A quota is used up: retrying does not help.
    Quota,
    /// The request is wrong.
    Invalid,
    /// The service did not answer, or not in time.
    Unavailable,
    /// A wait took longer than its timeout.
    Timeout,
    /// The run was interrupted.
    Cancelled,
    /// This build or version cannot do it.
    Unsupported,
}

/// A failed operation on a cloud.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct OpError {
    /// What kind.
    pub kind: OpErrorKind,
    /// The operation, such as `ec2:CreateVpc`; what was done and to what, such as `creating role (app)`.
    pub operation: String,
    /// The service's error code.
    pub code: Option<String>,
    /// The service's words, or ours. Never holds a secret.
    pub message: String,
    /// For the service's support.
    pub request_id: Option<String>,
    /// The argument that is to blame, where that is known.
    pub path: Option<Path>,
}

impl OpError {
    /// Makes an error without code and request id.
    pub fn new(
        kind: OpErrorKind,
        operation: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            operation: operation.into(),
            code: None,
            message: message.into(),
            request_id: None,
            path: None,
        }
    }
}
