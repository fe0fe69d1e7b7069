//! The snapshot: state v4 in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bastionless_model::value::{Marks, Path, Value};
use serde_json::value::RawValue;

use crate::lang::address::{AbsInstance, AbsResource, ConfigResource, Key, ProviderConfig};

/// Version of the language that we implement: what `required_version` is checked against and what the state says.
pub const TERRAFORM_VERSION: &str = "1.15.5";

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
    /// Objects as they were last applied, where the state has taken over since what is live, or a change ended half-way: what
    /// `drift` compares with. Emptied by an apply that does everything. A field of its own, which Terraform passes over.
    pub last_applied: BTreeMap<AbsInstance, Object>,
    /// Objects that were made or changed by a run that did not wait until they were usable: the next apply does. A field of its
    /// own, too.
    pub waiting: BTreeSet<AbsInstance>,
    /// `check_results`, kept as read or as the last run left them.
    pub check_results: Option<Arc<RawValue>>,
    /// Fields that we do not know, kept as read.
    pub extra: Extra,
}

/// Fields of a stored object that we do not know; written back after those that we know.
pub type Extra = BTreeMap<Arc<str>, Arc<RawValue>>;

/// A root output.
#[derive(Clone, Debug)]
pub struct OutputState {
    /// Its value; marks are in `sensitive`.
    pub value: Value,
    /// Declared or computed sensitive.
    pub sensitive: bool,
    /// Fields that we do not know, kept as read.
    pub extra: Extra,
}

/// The instances of one resource of one module instance.
#[derive(Clone, Debug)]
pub struct ResourceState {
    /// The provider configuration that made them.
    pub provider: ProviderConfig,
    /// The instances by key.
    pub instances: BTreeMap<Key, InstanceState>,
    /// Fields that we do not know, kept as read.
    pub extra: Extra,
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
    /// Fields that we do not know, kept as read.
    pub extra: Extra,
}

/// The JSON text `null`.
pub(crate) fn null() -> Arc<RawValue> {
    // INVARIANT: `RawValue::NULL` is a constant of the crate, so nothing can fail here.
    Arc::from(RawValue::NULL.to_owned())
}

impl Object {
    /// Makes an object without attributes: something to fill.
    pub fn empty() -> Self {
        Self {
            status: Status::Ready,
            schema_version: 0,
            attributes: null(),
            sensitive: Vec::new(),
            dependencies: Vec::new(),
            create_before_destroy: false,
            private: None,
            identity: None,
            extra: Extra::new(),
        }
    }
}

impl ResourceState {
    /// Makes a resource without instances.
    pub fn new(provider: ProviderConfig) -> Self {
        Self {
            provider,
            instances: BTreeMap::new(),
            extra: Extra::new(),
        }
    }
}

impl OutputState {
    /// Makes an output.
    pub fn new(value: Value, sensitive: bool) -> Self {
        Self {
            value,
            sensitive,
            extra: Extra::new(),
        }
    }
}

impl Snapshot {
    /// Starts a new line of snapshots; `lineage` is a fresh UUID.
    pub fn fresh(lineage: String) -> Self {
        Self {
            lineage,
            terraform_version: TERRAFORM_VERSION.to_owned(),
            ..Self::default()
        }
    }

    /// Returns a field of the state that is none of the format's own.
    pub fn annotation(&self, field: &str) -> Option<serde_json::Value> {
        serde_json::from_str(self.extra.get(field)?.get()).ok()
    }

    /// Sets a field of the state that is none of the format's own; programs that do not know it pass over it.
    pub fn annotate(&mut self, field: &str, value: &serde_json::Value) {
        if let Ok(raw) = serde_json::value::to_raw_value(value) {
            self.extra.insert(field.into(), Arc::from(raw));
        }
    }

    /// Tells whether nothing exists: no object and no output.
    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty() && self.objects().next().is_none()
    }

    /// Returns all objects, deposed ones too.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        let instances = self.resources.values().flat_map(|r| r.instances.values());
        instances.flat_map(|i| i.current.iter().chain(i.deposed.values()))
    }

    /// Returns all instances with their addresses.
    pub fn instances(&self) -> impl Iterator<Item = (AbsInstance, &ResourceState, &InstanceState)> {
        self.resources.iter().flat_map(|(address, resource)| {
            let instances = resource.instances.iter();
            instances.map(move |(key, i)| (address.instance(key.clone()), resource, i))
        })
    }

    /// Returns an instance.
    pub fn instance(&self, address: &AbsInstance) -> Option<&InstanceState> {
        let resource = self.resources.get(&address.resource)?;
        resource.instances.get(&address.key)
    }

    /// Returns the current or a deposed object.
    pub fn object(&self, address: &AbsInstance, deposed: Option<&Deposed>) -> Option<&Object> {
        let instance = self.instance(address)?;
        match deposed {
            None => instance.current.as_ref(),
            Some(key) => instance.deposed.get(key),
        }
    }

    /// Keeps the current object of an instance as last applied, unless an older form is kept already.
    pub fn keep_applied(&mut self, address: &AbsInstance) {
        if !self.last_applied.contains_key(address)
            && let Some(object) = self.object(address, None).cloned()
        {
            self.last_applied.insert(address.clone(), object);
        }
    }

    /// Forgets what was noted of an instance beside its object.
    pub fn drop_notes(&mut self, address: &AbsInstance) {
        self.last_applied.remove(address);
        self.waiting.remove(address);
    }

    /// Takes what was noted of an instance beside its object to its new address.
    pub fn move_notes(&mut self, from: &AbsInstance, to: &AbsInstance) {
        if let Some(object) = self.last_applied.remove(from) {
            self.last_applied.insert(to.clone(), object);
        }
        if self.waiting.remove(from) {
            self.waiting.insert(to.clone());
        }
    }

    /// Puts a current or deposed object; the provider configuration of the resource becomes `provider`.
    pub fn put(
        &mut self,
        address: &AbsInstance,
        deposed: Option<&Deposed>,
        provider: &ProviderConfig,
        object: Object,
    ) {
        let resource = self.resources.entry(address.resource.clone());
        let resource = resource.or_insert_with(|| ResourceState::new(provider.clone()));
        if resource.provider != *provider {
            resource.provider = provider.clone();
        }
        let instance = resource.instances.entry(address.key.clone()).or_default();
        match deposed {
            None => instance.current = Some(object),
            Some(key) => {
                instance.deposed.insert(key.clone(), object);
            }
        }
    }

    /// Takes out the current or a deposed object; what becomes empty by that goes too.
    pub fn take(&mut self, address: &AbsInstance, deposed: Option<&Deposed>) -> Option<Object> {
        let resource = self.resources.get_mut(&address.resource)?;
        let instance = resource.instances.get_mut(&address.key)?;
        let object = match deposed {
            None => instance.current.take(),
            Some(key) => instance.deposed.remove(key),
        };
        if instance.is_empty() {
            resource.instances.remove(&address.key);
        }
        if resource.instances.is_empty() {
            self.resources.remove(&address.resource);
        }
        object
    }
}
