//! The state as Terraform's state JSON, format 1.0.

use std::sync::Arc;

use bastionless_model::{
    schema::{Catalogue, Schema},
    value::{Value, to_json, type_to_json},
};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::value_tree::{Entry, module_tree};
use crate::{
    lang::address::{AbsInstance, Mode, ProviderConfig, Resource},
    state::{Object, Snapshot, Status, TERRAFORM_VERSION, sensitive_paths},
};

/// Returns the schema of a resource or data source.
pub(super) fn schema_of(catalogue: &Catalogue, resource: &Resource) -> Option<Arc<Schema>> {
    match resource.mode {
        Mode::Managed => catalogue.managed(&resource.type_name),
        Mode::Data => catalogue.data(&resource.type_name),
    }
}

struct Stored<'a> {
    address: AbsInstance,
    provider: &'a ProviderConfig,
    object: &'a Object,
    deposed: Option<&'a str>,
    value: Value,
}

/// Writes a snapshot as Terraform's `show -json` does. Objects of types that this version does not know are left out.
pub fn state_json(snapshot: &Snapshot, catalogue: &Catalogue) -> Json {
    let mut stored: Vec<Stored<'_>> = Vec::new();
    for (resource, state) in &snapshot.resources {
        let Some(schema) = schema_of(catalogue, &resource.resource) else {
            continue;
        };
        for (key, instance) in &state.instances {
            let current = instance.current.iter().map(|o| (None, o));
            let deposed = instance.deposed.iter().map(|(k, o)| (Some(&**k), o));
            for (deposed, object) in current.chain(deposed) {
                let Ok(value) = object.decode(&schema) else {
                    continue;
                };
                let paths = sensitive_paths(&value, &schema);
                let value = value.mark_with_paths(&paths);
                stored.push(Stored {
                    address: resource.instance(key.clone()),
                    provider: &state.provider,
                    object,
                    deposed,
                    value,
                });
            }
        }
    }
    let entries: Vec<Entry<'_>> = stored
        .iter()
        .map(|s| Entry {
            address: &s.address,
            provider: s.provider,
            schema_version: s.object.schema_version,
            value: &s.value,
            depends_on: s
                .object
                .dependencies
                .iter()
                .map(ToString::to_string)
                .collect(),
            tainted: s.object.status == Status::Tainted,
            deposed: s.deposed,
        })
        .collect();
    let mut values = JsonMap::new();
    if !snapshot.outputs.is_empty() {
        let outputs = snapshot.outputs.iter().map(|(name, o)| {
            let json = json!({ "sensitive": o.sensitive, "value": to_json(&o.value), "type": type_to_json(&o.value.type_of()) });
            (name.to_string(), json)
        });
        values.insert("outputs".into(), Json::Object(outputs.collect()));
    }
    values.insert("root_module".into(), module_tree(&entries));
    json!({ "format_version": "1.0", "terraform_version": TERRAFORM_VERSION, "values": values })
}
