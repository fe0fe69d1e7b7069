//! What can be wrong with a stored state.

/// Why a state cannot be read, written or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// It is no state file.
    #[error("the state is not in the expected format: {0}")]
    Format(String),
    /// It is of a version that we do not read.
    #[error(
        "the state is of format version {0}, which Terraform before 0.12 wrote; let Terraform 0.13 or newer upgrade it with `terraform state push` or any apply, then try again"
    )]
    OldVersion(u64),
    /// It is newer than we know.
    #[error(
        "the state is of format version {0}; this version of bastionless reads version 4 only, a newer one is needed"
    )]
    NewVersion(u64),
    /// Attributes of one object do not fit.
    #[error("{0}")]
    Attributes(String),
    /// Attributes in the format of Terraform before 0.12.
    #[error(
        "the attributes are stored in the format of Terraform before 0.12; let Terraform 0.13 or newer apply once, then try again"
    )]
    FlatAttributes,
    /// The object was written by a newer provider.
    #[error(
        "the object was stored with schema version {stored}, this version of bastionless knows up to {ours}: a newer provider wrote it"
    )]
    NewerSchema {
        /// Version of the stored attributes.
        stored: u64,
        /// Version of our schema.
        ours: u64,
    },
    /// An unknown value was about to be stored.
    #[error("a value that is not known yet was about to be stored; this is a bug in bastionless")]
    Unknown,
    /// A move whose source is not there.
    #[error("{0}")]
    Move(String),
}
