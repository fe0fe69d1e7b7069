//! What can go wrong with a state store.

use bastionless_model::{base::Diagnostic, cloud::OpError};

use super::LockInfo;
use crate::state::StateError;

/// Why a state store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreFailure {
    /// Somebody else holds the lock.
    #[error("the state is locked")]
    Locked {
        /// Who; `None` where the lock does not say.
        holder: Option<Box<LockInfo>>,
        /// What the store said.
        cause: String,
    },
    /// The lock is not ours any more: somebody took it over or broke it.
    #[error("the lock of the state was lost: {0}")]
    LostLock(String),
    /// The state was changed by somebody else since we read it.
    #[error(
        "the state at {0} was changed by somebody else since it was read; nothing was overwritten"
    )]
    Changed(String),
    /// The state file is not one.
    #[error("{place}: {error}")]
    State {
        /// Where it lies.
        place: String,
        /// What is wrong.
        error: StateError,
    },
    /// The state breaks rules: it is kept, but nothing is done on it.
    #[error("the state at {place} is broken: {}", flaws.join("; "))]
    Broken {
        /// Where it lies.
        place: String,
        /// What is wrong.
        flaws: Vec<String>,
    },
    /// A file could not be read or written.
    #[error("{what}: {error}")]
    File {
        /// What was tried, with the path.
        what: String,
        /// The system's error.
        error: std::io::Error,
    },
    /// A call failed.
    #[error(transparent)]
    Call(#[from] OpError),
    /// A workspace that does not exist, exists already or may not be touched; a setting that does not fit.
    #[error("{summary}: {detail}")]
    Refused {
        /// Fixed words.
        summary: &'static str,
        /// What, why and what to do.
        detail: String,
    },
}

impl StoreFailure {
    pub(crate) fn file(what: impl Into<String>, error: std::io::Error) -> Self {
        Self::File {
            what: what.into(),
            error,
        }
    }

    pub(crate) fn refused(summary: &'static str, detail: impl Into<String>) -> Self {
        Self::Refused {
            summary,
            detail: detail.into(),
        }
    }
}

const LOCK_ADVICE: &str = "Terraform acquires a state lock to protect the state from being written\nby multiple users at the same time. Please resolve the issue above and try\nagain. For most commands, you can disable locking with the \"-lock=false\"\nflag, but this is not recommended.";

impl From<StoreFailure> for Diagnostic {
    fn from(failure: StoreFailure) -> Self {
        match failure {
            StoreFailure::Locked { holder, cause } => {
                let lease = holder.as_ref().and_then(|h| h.lease.as_ref()).map(|l| {
                    format!(
                        "\n\nThe holder renews the lock all the time, the last time at {}. If it is dead the lock can be had {} seconds after that.",
                        l.renewed,
                        l.seconds + 30 + l.seconds / 3
                    )
                });
                let holder = holder.map_or_else(String::new, |h| format!("\n{h}"));
                let advice = LOCK_ADVICE.replacen("Terraform acquires", "bastionless acquires", 1);
                Self::error(
                    "Error acquiring the state lock",
                    format!(
                        "Error message: {cause}{holder}{}\n\n{advice}",
                        lease.unwrap_or_default()
                    ),
                )
            }
            StoreFailure::LostLock(why) => Self::error(
                "Lost the state lock",
                format!(
                    "{why}. No further change was begun. What was done is in the journal beside the state; the next run takes it up."
                ),
            ),
            failure @ StoreFailure::Changed(_) => Self::error(
                "Failed to save state",
                format!(
                    "{failure}. What this run did is in the journal beside the state; the next run takes it up."
                ),
            ),
            StoreFailure::State { place, error } => {
                Self::error("Error loading state", format!("{place}: {error}."))
            }
            StoreFailure::Broken { place, flaws } => Self::error(
                "Broken state",
                format!(
                    "The state at {place} is kept as it is, but nothing can be done on it: {}. Repair it with `state rm`, or with `state pull` and `state push`.",
                    flaws.join("; ")
                ),
            ),
            failure @ StoreFailure::File { .. } => {
                Self::error("Failed to access the state", format!("{failure}."))
            }
            StoreFailure::Call(e) => Self::error("Failed to access the state", format!("{e}.")),
            StoreFailure::Refused { summary, detail } => Self::error(summary, detail),
        }
    }
}
