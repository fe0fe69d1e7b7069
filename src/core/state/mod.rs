//! What exists, as far as we know: snapshots, their file format, the journal.

mod snapshot;

pub use snapshot::{Deposed, InstanceState, Object, OutputState, ResourceState, Snapshot, Status};
