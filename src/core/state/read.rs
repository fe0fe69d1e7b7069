//! Reading state files of format version 4 in one pass; attributes stay text.

use std::{collections::BTreeMap, fmt, marker::PhantomData, sync::Arc};

use bastionless_model::value::{Value, type_from_json};
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    Extra, InstanceState, Object, OutputState, ResourceState, Snapshot, StateError, Status,
    attributes::{read_paths, read_value},
    write::{LAST_APPLIED, WAITING},
};
use crate::lang::address::{
    AbsInstance, AbsResource, ConfigResource, Key, Mode, ModuleInstance, ProviderConfig, Resource,
};

impl Snapshot {
    /// Reads a state file.
    ///
    /// # Errors
    /// Says why it is no state file that we can work with.
    pub fn read(text: &str) -> Result<Self, StateError> {
        let mut version = None;
        let mut d = serde_json::Deserializer::from_str(text);
        let read = StateSeed(&mut version).deserialize(&mut d);
        let read = read.and_then(|s| d.end().map(|()| s));
        match (version, read) {
            (Some(4), Ok(snapshot)) => Ok(snapshot),
            (Some(v @ 0..4), _) => Err(StateError::OldVersion(v)),
            (Some(v @ 5..), _) => Err(StateError::NewVersion(v)),
            (_, Err(e)) => Err(StateError::Format(e.to_string())),
            (None, Ok(_)) => Err(StateError::Format(
                "the field `version` is missing, so it is no state file".into(),
            )),
        }
    }
}

impl Object {
    /// Reads an object as it stands in a state file.
    pub(crate) fn from_line(json: &str) -> Result<Self, StateError> {
        let stored: Wrapped<StoredObject> =
            serde_json::from_str(json).map_err(|e| StateError::Format(e.to_string()))?;
        Ok(stored.0.object)
    }
}

/// Passes our errors through serde, which adds the line.
fn custom<E: de::Error>(e: impl fmt::Display) -> E {
    E::custom(e)
}

fn keep<'de, A: MapAccess<'de>>(
    extra: &mut Extra,
    key: String,
    map: &mut A,
) -> Result<(), A::Error> {
    extra.insert(key.into(), raw(map)?);
    Ok(())
}

fn raw<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Arc<RawValue>, A::Error> {
    map.next_value::<Box<RawValue>>().map(Arc::from)
}

struct StateSeed<'v>(&'v mut Option<u64>);

impl<'de> DeserializeSeed<'de> for StateSeed<'_> {
    type Value = Snapshot;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Snapshot, D::Error> {
        d.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for StateSeed<'_> {
    type Value = Snapshot;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a state")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Snapshot, A::Error> {
        let mut out = Snapshot::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "version" => *self.0 = Some(map.next_value()?),
                "terraform_version" => out.terraform_version = map.next_value()?,
                "serial" => out.serial = map.next_value()?,
                "lineage" => out.lineage = map.next_value()?,
                "outputs" => {
                    let outputs: BTreeMap<String, Wrapped<OutputState>> = map.next_value()?;
                    let outputs = outputs.into_iter().map(|(k, v)| (k.into(), v.0));
                    out.outputs = outputs.collect();
                }
                "resources" => {
                    for (address, state) in map.next_value::<All<(AbsResource, ResourceState)>>()?.0
                    {
                        if out.resources.contains_key(&address) {
                            let message = format!("the resource {address} is there twice");
                            return Err(custom(message));
                        }
                        out.resources.insert(address, state);
                    }
                }
                "check_results" => {
                    out.check_results = Some(raw(&mut map)?).filter(|r| r.get() != "null");
                }
                LAST_APPLIED => {
                    let objects: BTreeMap<String, Wrapped<StoredObject>> = map.next_value()?;
                    for (address, stored) in objects {
                        let address = AbsInstance::parse(&address).map_err(custom)?;
                        out.last_applied.insert(address, stored.0.object);
                    }
                }
                WAITING => {
                    for address in map.next_value::<Vec<String>>()? {
                        let address = AbsInstance::parse(&address).map_err(custom)?;
                        out.waiting.insert(address);
                    }
                }
                "encrypted_data" => {
                    return Err(custom(
                        "it is encrypted by OpenTofu; decrypt it there first (`tofu state pull`)",
                    ));
                }
                _ => keep(&mut out.extra, key, &mut map)?,
            }
        }
        Ok(out)
    }
}

/// Gives `Deserialize` to types of the snapshot without making it part of what they are.
struct Wrapped<T>(T);

/// A list whose elements go through [`Wrapped`].
struct All<T>(Vec<T>);

trait ReadMap: Sized {
    const WHAT: &'static str;
    fn read<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error>;
}

struct ReadVisitor<T>(PhantomData<T>);

impl<'de, T: ReadMap> Visitor<'de> for ReadVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WHAT)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(map)
    }
}

impl<'de, T: ReadMap> Deserialize<'de> for Wrapped<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_map(ReadVisitor(PhantomData)).map(Wrapped)
    }
}

struct AllVisitor<T>(PhantomData<T>);

impl<'de, T: ReadMap> Visitor<'de> for AllVisitor<T> {
    type Value = All<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list, each {}", T::WHAT)
    }

    fn visit_unit<E>(self) -> Result<All<T>, E> {
        Ok(All(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<All<T>, A::Error> {
        let mut out = Vec::new();
        while let Some(Wrapped(item)) = seq.next_element()? {
            out.push(item);
        }
        Ok(All(out))
    }
}

impl<'de, T: ReadMap> Deserialize<'de> for All<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(AllVisitor(PhantomData))
    }
}

impl ReadMap for OutputState {
    const WHAT: &'static str = "an output";

    fn read<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut value: Option<Box<RawValue>> = None;
        let mut ty = None;
        let mut sensitive = false;
        let mut extra = Extra::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "value" => value = Some(map.next_value()?),
                "type" => ty = Some(map.next_value::<serde_json::Value>()?),
                "sensitive" => sensitive = map.next_value()?,
                _ => keep(&mut extra, key, &mut map)?,
            }
        }
        let ty = ty.ok_or_else(|| custom("an output has no `type`"))?;
        let ty = type_from_json(&ty).map_err(custom)?;
        let value = match value {
            Some(v) => read_value(v.get(), &ty).map_err(custom)?,
            None => Value::null(ty),
        };
        Ok(Self {
            value,
            sensitive,
            extra,
        })
    }
}

impl ReadMap for (AbsResource, ResourceState) {
    const WHAT: &'static str = "a resource";

    fn read<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let (mut module, mut mode, mut type_name, mut name) = (None, None, None, None);
        let (mut provider, mut instances) = (None, Vec::new());
        let mut extra = Extra::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "module" => module = Some(map.next_value::<String>()?),
                "mode" => mode = Some(map.next_value::<String>()?),
                "type" => type_name = Some(map.next_value::<String>()?),
                "name" => name = Some(map.next_value::<String>()?),
                "provider" => provider = Some(map.next_value::<String>()?),
                "instances" => instances = map.next_value::<All<StoredObject>>()?.0,
                // Terraform's former way to tell `count` from `for_each`; the keys tell it.
                "each" => drop(map.next_value::<de::IgnoredAny>()?),
                _ => keep(&mut extra, key, &mut map)?,
            }
        }
        let missing = |what: &str| custom(format!("a resource has no `{what}`"));
        let address = AbsResource {
            module: ModuleInstance::parse(&module.unwrap_or_default()).map_err(custom)?,
            resource: Resource {
                mode: match mode.ok_or_else(|| missing("mode"))?.as_str() {
                    "managed" => Mode::Managed,
                    "data" => Mode::Data,
                    other => return Err(custom(format!("the resource mode `{other}` is unknown"))),
                },
                type_name: type_name.ok_or_else(|| missing("type"))?.into(),
                name: name.ok_or_else(|| missing("name"))?.into(),
            },
        };
        let provider = provider.ok_or_else(|| missing("provider"))?;
        let provider = ProviderConfig::parse(&provider).map_err(custom)?;
        let mut state = ResourceState::new(provider);
        state.extra = extra;
        for stored in instances {
            stored.put(&address, &mut state).map_err(custom)?;
        }
        Ok((address, state))
    }
}

/// An entry of `instances`.
struct StoredObject {
    key: Key,
    deposed: Option<Arc<str>>,
    object: Object,
}

impl StoredObject {
    fn put(self, address: &AbsResource, state: &mut ResourceState) -> Result<(), String> {
        let instance = state.instances.entry(self.key.clone()).or_default();
        let before = match self.deposed {
            None => instance.current.replace(self.object).is_some(),
            Some(key) => instance.deposed.insert(key, self.object).is_some(),
        };
        if before {
            let instance = address.instance(self.key);
            return Err(format!("the object {instance} is there twice"));
        }
        Ok(())
    }
}

impl ReadMap for StoredObject {
    const WHAT: &'static str = "a resource instance";

    fn read<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let (mut key, mut deposed, mut attributes) = (Key::None, None, None);
        let (mut identity_version, mut identity) = (0, None);
        let mut o = Object::empty();
        while let Some(field) = map.next_key::<String>()? {
            match field.as_str() {
                "index_key" => key = instance_key(map.next_value()?).map_err(custom)?,
                "deposed" => deposed = Some(map.next_value::<String>()?).filter(|d| !d.is_empty()),
                "status" => {
                    o.status = match map.next_value::<String>()?.as_str() {
                        "" => Status::Ready,
                        "tainted" => Status::Tainted,
                        other => {
                            return Err(custom(format!(
                                "the instance status `{other}` is unknown"
                            )));
                        }
                    }
                }
                "schema_version" => o.schema_version = map.next_value()?,
                "attributes" => attributes = Some(raw(&mut map)?),
                "sensitive_attributes" => {
                    o.sensitive =
                        read_paths(map.next_value::<Box<RawValue>>()?.as_ref()).map_err(custom)?;
                }
                "identity_schema_version" => identity_version = map.next_value()?,
                "identity" => identity = Some(raw(&mut map)?).filter(|r| r.get() != "null"),
                "private" => o.private = map.next_value()?,
                "dependencies" => {
                    let texts: Vec<String> = map.next_value()?;
                    let parsed = texts.iter().map(|t| ConfigResource::parse(t));
                    o.dependencies = parsed.collect::<Result<_, _>>().map_err(custom)?;
                }
                "create_before_destroy" => o.create_before_destroy = map.next_value()?,
                _ => keep(&mut o.extra, field, &mut map)?,
            }
        }
        if let Some(attributes) = attributes {
            o.attributes = attributes;
        }
        o.identity = match identity {
            Some(raw) => Some((identity_version, raw)),
            None if identity_version > 0 => Some((identity_version, super::null())),
            None => None,
        };
        Ok(Self {
            key,
            deposed: deposed.map(Arc::from),
            object: o,
        })
    }
}

fn instance_key(json: serde_json::Value) -> Result<Key, String> {
    match json {
        serde_json::Value::Null => Ok(Key::None),
        serde_json::Value::String(s) => Ok(Key::Str(s.into())),
        serde_json::Value::Number(n) => n
            .as_u64()
            // Terraform before 0.13 wrote whole numbers as 1.0 in rare cases.
            .or_else(|| n.to_string().strip_suffix(".0")?.parse().ok())
            .map(Key::Int)
            .ok_or_else(|| format!("the instance key {n} is no whole number")),
        _ => Err("an instance key is neither a number nor a text".into()),
    }
}

impl InstanceState {
    /// Tells whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.current.is_none() && self.deposed.is_empty()
    }
}
