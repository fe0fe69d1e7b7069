//! `planned_values` and the `values` of state JSON: objects by module.

use std::collections::BTreeMap;

use bastionless_model::value::{Kind, Value, sensitive_mask, to_json};
use serde_json::{Map as JsonMap, Value as Json, json};

use crate::lang::address::{AbsInstance, Key, Mode, ModuleInstance, ProviderConfig};

/// An object of a tree.
pub(super) struct Entry<'a> {
    /// Its address.
    pub(super) address: &'a AbsInstance,
    /// Its provider.
    pub(super) provider: &'a ProviderConfig,
    /// Version of its schema.
    pub(super) schema_version: u64,
    /// Its attributes, with marks and perhaps unknown parts.
    pub(super) value: &'a Value,
    /// `depends_on`, for state JSON.
    pub(super) depends_on: Vec<String>,
    /// To be replaced.
    pub(super) tainted: bool,
    /// Deposed, under this key.
    pub(super) deposed: Option<&'a str>,
}

/// Writes the module tree; entries must be in order.
pub(super) fn module_tree(entries: &[Entry<'_>]) -> Json {
    let mut by_module: BTreeMap<ModuleInstance, Vec<Json>> = BTreeMap::new();
    for e in entries {
        let module = &e.address.resource.module;
        let mut at = ModuleInstance::default();
        for (name, key) in &module.0 {
            at = at.child(name, key.clone());
            by_module.entry(at.clone()).or_default();
        }
        by_module
            .entry(module.clone())
            .or_default()
            .push(resource(e));
    }
    node(&ModuleInstance::default(), &by_module)
}

fn node(at: &ModuleInstance, all: &BTreeMap<ModuleInstance, Vec<Json>>) -> Json {
    let mut out = JsonMap::new();
    if let Some(resources) = all.get(at).filter(|r| !r.is_empty()) {
        out.insert("resources".into(), Json::Array(resources.clone()));
    }
    if !at.is_root() {
        out.insert("address".into(), Json::String(at.to_string()));
    }
    let is_child = |m: &&ModuleInstance| m.0.len() == at.0.len() + 1 && m.0.starts_with(&at.0);
    let children: Vec<Json> = all.keys().filter(is_child).map(|m| node(m, all)).collect();
    if !children.is_empty() {
        out.insert("child_modules".into(), Json::Array(children));
    }
    Json::Object(out)
}

fn resource(e: &Entry<'_>) -> Json {
    let mut out = head(e.address);
    out.insert(
        "provider_name".into(),
        Json::String(e.provider.provider.to_string()),
    );
    out.insert("schema_version".into(), e.schema_version.into());
    out.insert("values".into(), known(e.value));
    out.insert("sensitive_values".into(), sensitive_mask(e.value));
    if !e.depends_on.is_empty() {
        out.insert("depends_on".into(), json!(e.depends_on));
    }
    if e.tainted {
        out.insert("tainted".into(), Json::Bool(true));
    }
    if let Some(key) = e.deposed {
        out.insert("deposed_key".into(), Json::String(key.to_owned()));
    }
    Json::Object(out)
}

/// Writes address, mode, type, name and index of an instance.
pub(super) fn head(address: &AbsInstance) -> JsonMap<String, Json> {
    let resource = &address.resource.resource;
    let mut out = JsonMap::new();
    out.insert("address".into(), Json::String(address.to_string()));
    out.insert("mode".into(), Json::String(mode(resource.mode).into()));
    out.insert("type".into(), Json::String(resource.type_name.to_string()));
    out.insert("name".into(), Json::String(resource.name.to_string()));
    if let Some(index) = index(&address.key) {
        out.insert("index".into(), index);
    }
    out
}

/// Writes an instance key.
pub(super) fn index(key: &Key) -> Option<Json> {
    match key {
        Key::None => None,
        Key::Int(i) => Some((*i).into()),
        Key::Str(s) => Some(Json::String(s.to_string())),
    }
}

/// Returns `managed` or `data`.
pub(super) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Managed => "managed",
        Mode::Data => "data",
    }
}

/// Writes what is known of a value: unknown attributes and entries are left out, unknown elements are null.
pub(super) fn known(value: &Value) -> Json {
    if value.is_wholly_known() {
        return to_json(value);
    }
    match value.kind() {
        Kind::Object(m) | Kind::Map(_, m) => Json::Object(
            m.iter()
                .filter(|(_, v)| v.is_known())
                .map(|(k, v)| (k.to_string(), known(v)))
                .collect(),
        ),
        Kind::List(_, l) | Kind::Set(_, l) | Kind::Tuple(l) => {
            Json::Array(l.iter().map(known).collect())
        }
        Kind::Unknown(..) => Json::Null,
        _ => to_json(value),
    }
}
