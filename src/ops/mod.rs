//! User operations: one file each. The only place where core and a cloud meet; nothing here prints.

pub(crate) mod apply;
pub(crate) mod check;
pub(crate) mod clouds;
pub(crate) mod console;
pub(crate) mod drift;
pub(crate) mod env;
pub(crate) mod fetch;
pub(crate) mod fmt;
pub(crate) mod generate;
pub(crate) mod iam_can;
pub(crate) mod iam_explain;
pub(crate) mod iam_lint;
pub(crate) mod iam_policy;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod judge;
pub(crate) mod load;
pub(crate) mod migrate;
pub(crate) mod modules;
pub(crate) mod permissions;
pub(crate) mod place;
pub(crate) mod request;
pub(crate) mod session;
pub(crate) mod state;
pub(crate) mod taint;
pub(crate) mod unfinished;
pub(crate) mod validate;
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
    /// Somebody interrupted the run, which ended in order.
    pub(crate) is_interrupted: bool,
}

impl Failed {
    /// Adds the texts that diagnostics point into.
    pub(crate) fn new(diagnostics: Diagnostics, sources: Arc<SourceMap>) -> Self {
        Self {
            diagnostics,
            sources,
            is_interrupted: false,
        }
    }

    /// Says that the run was interrupted before it changed anything.
    pub(crate) fn interrupted(detail: &str) -> Self {
        Self {
            is_interrupted: true,
            ..Diagnostic::error("Interrupted", detail).into()
        }
    }
}

impl From<Diagnostic> for Failed {
    fn from(d: Diagnostic) -> Self {
        Self {
            diagnostics: d.into(),
            ..Self::default()
        }
    }
}

impl From<Diagnostics> for Failed {
    fn from(diagnostics: Diagnostics) -> Self {
        Self {
            diagnostics,
            ..Self::default()
        }
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
    Diagnostic::error(
        "Failed to access a file",
        format!("{what} `{}`: {error}.", path.display()),
    )
}
