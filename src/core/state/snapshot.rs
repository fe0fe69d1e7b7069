//! The snapshot: state v4 in memory.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::value::{Marks, Path, Value};
use serde_json::value::RawValue;

use crate::lang::address::{AbsResource, ConfigResource, Key, ProviderConfig};

/// Everything that is known of what exists.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Names the line of snapshots that this one belongs to; a UUID.
    pub lineage: String,
    /// Counts the snapshots of a line.
    pub serial: u64,
    /// Version of the language that wrote it.
    pub terraform_version: String,
    /// Outputs of the root module.
    pub outputs: BTreeMap<Arc<str>, OutputState>,
    /// Resources and data sources.
    pub resources: BTreeMap<AbsResource, ResourceState>,
    /// `check_results`, kept as read or as the last run left them.
    pub check_results: Option<Arc<RawValue>>,
}

/// A root output.
#[derive(Clone, Debug)]
pub struct OutputState {
    /// Its value; marks are in `sensitive`.
    pub value: Value,
    /// Declared or computed sensitive.
    pub sensitive: bool,
}

/// The instances of one resource of one module instance.
#[derive(Clone, Debug)]
pub struct ResourceState {
    /// The provider configuration that made them.
    pub provider: ProviderConfig,
    /// The instances by key.
    pub instances: BTreeMap<Key, InstanceState>,
}

/// One instance: the current object and those that wait to be destroyed.
#[derive(Clone, Debug, Default)]
pub struct InstanceState {
    /// The current object.
    pub current: Option<Object>,
    /// Deposed objects by their key of eight hexadecimal digits.
    pub deposed: BTreeMap<Deposed, Object>,
}

/// Names a deposed object.
pub type Deposed = Arc<str>;

/// Whether an object can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Yes.
    Ready,
    /// To be replaced.
    Tainted,
}

/// An object as stored: not decoded against its schema yet (see `decode`), so that what is not needed costs nothing.
#[derive(Clone, Debug)]
pub struct Object {
    /// Whether it can be used.
    pub status: Status,
    /// Version of the schema that wrote the attributes.
    pub schema_version: u64,
    /// The attributes, JSON.
    pub attributes: Arc<RawValue>,
    /// Places of sensitive values.
    pub sensitive: Vec<(Path, Marks)>,
    /// What it depended on when it was applied, as written.
    pub dependencies: Vec<ConfigResource>,
    /// `create_before_destroy` when it was applied.
    pub create_before_destroy: bool,
    /// Bytes that the provider keeps, base64; kept as read.
    pub private: Option<String>,
    /// `identity_schema_version` and `identity`, kept as read.
    pub identity: Option<(u64, Arc<RawValue>)>,
}
