//! Random ids as recordings mask them: `<id ADDRESS @STEP>`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::state::Snapshot;

/// The ids that were given so far, with what stands for them.
#[derive(Default)]
pub(super) struct Ids(BTreeMap<String, String>);

impl Ids {
    /// Learns the ids that a step made.
    pub(super) fn learn(&mut self, snapshot: &Snapshot, step: usize) {
        for (address, _, instance) in snapshot.instances() {
            for object in instance.current.iter().chain(instance.deposed.values()) {
                let Some(id) = object.text_attribute("id") else {
                    continue;
                };
                if id.len() == 36 {
                    let name = address.to_string().replace('"', "'");
                    self.0
                        .entry(id)
                        .or_insert_with(|| format!("<id {name} @{step}>"));
                }
            }
        }
    }

    /// Puts the masks in place of the ids.
    pub(super) fn mask(&self, value: &Json) -> Json {
        match value {
            Json::String(text) => {
                let masked = self
                    .0
                    .iter()
                    .fold(text.clone(), |text, (id, mask)| text.replace(id, mask));
                masked.into()
            }
            Json::Array(list) => list.iter().map(|v| self.mask(v)).collect(),
            Json::Object(map) => map.iter().map(|(k, v)| (k.clone(), self.mask(v))).collect(),
            other => other.clone(),
        }
    }
}
