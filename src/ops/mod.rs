//! User operations: one file each. The only place where core and a cloud meet; nothing here prints.

pub(crate) mod clouds;
pub(crate) mod env;
pub(crate) mod init;
pub(crate) mod load;
pub(crate) mod place;
pub(crate) mod request;
pub(crate) mod state;
pub(crate) mod workspace;

use std::sync::Arc;

use bastionless_core::store::StoreFailure;
use bastionless_model::base::{Diagnostic, Diagnostics, SourceMap};

/// Why an operation was not done: diagnostics with the texts that they point into.
#[derive(Debug, Default)]
pub(crate) struct Failed {
    /// What was wrong.
    pub(crate) diagnostics: Diagnostics,
    /// The texts.
    pub(crate) sources: Arc<SourceMap>,
}

impl Failed {
    /// Adds the texts that diagnostics point into.
    pub(crate) fn new(diagnostics: Diagnostics, sources: Arc<SourceMap>) -> Self {
        Self { diagnostics, sources }
    }
}

impl From<Diagnostic> for Failed {
    fn from(d: Diagnostic) -> Self {
        Self { diagnostics: d.into(), sources: Arc::default() }
    }
}

impl From<Diagnostics> for Failed {
    fn from(diagnostics: Diagnostics) -> Self {
        Self { diagnostics, sources: Arc::default() }
    }
}

impl From<StoreFailure> for Failed {
    fn from(failure: StoreFailure) -> Self {
        Diagnostic::from(failure).into()
    }
}

/// The result of an operation.
pub(crate) type Done<T> = Result<T, Failed>;

/// Turns the system's error about a file into a diagnostic.
pub(crate) fn file_error(what: &str, path: &std::path::Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("Failed to access a file", format!("{what} `{}`: {error}.", path.display()))
}
