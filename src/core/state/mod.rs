//! What exists, as far as we know: snapshots, their file format, the journal.

mod attributes;
mod error;
mod integrity;
pub mod journal;
mod json;
mod moves;
mod read;
mod snapshot;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_changes;
mod write;

pub use attributes::{read_value, sensitive_paths, write_value};
pub use error::StateError;
pub use integrity::Flaw;
pub(crate) use snapshot::null;
pub use snapshot::{
    Deposed, Extra, InstanceState, Object, OutputState, ResourceState, Snapshot, Status,
    TERRAFORM_VERSION,
};
