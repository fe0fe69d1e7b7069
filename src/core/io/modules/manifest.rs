//! The list of installed modules: `modules.json`, in Terraform's format.

use std::{collections::BTreeMap, io, path::Path};

use bastionless_model::base::{Diagnostic, Diagnostics};
use serde::Deserialize;

use super::super::{System, host::words};
use crate::lang::{address::ModulePath, module_source::SourceAddress};

/// Directories that may hold the list, ours first; before them stands the one that `TF_DATA_DIR` names.
const DATA_DIRS: [&str; 2] = [".bastionless", ".terraform"];

/// Returns the directories of working data that may hold modules, in the order of precedence.
pub(in super::super) fn data_dirs(system: &dyn System) -> Vec<String> {
    let own = system.env("TF_DATA_DIR").filter(|d| !d.is_empty());
    own.into_iter()
        .chain(DATA_DIRS.map(str::to_owned))
        .collect()
}

/// The installed modules by key.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Manifest(pub(super) BTreeMap<String, Entry>);

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "Modules")]
    modules: Vec<Entry>,
}

/// An installed module.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(in super::super) struct Entry {
    /// The names of the calls on the way, joined by dots; empty for the root module.
    #[serde(rename = "Key")]
    pub(in super::super) key: String,
    /// Its source, written out.
    #[serde(rename = "Source", default)]
    pub(in super::super) source: String,
    /// Its version, if it comes from a registry.
    #[serde(rename = "Version", default)]
    pub(in super::super) version: Option<String>,
    /// Its directory, relative to the root module's.
    #[serde(rename = "Dir")]
    pub(in super::super) dir: String,
}

impl Entry {
    /// Tells whether it was installed for a source, however that was written then.
    pub(in super::super) fn is_from(&self, source: &SourceAddress) -> bool {
        let written = source.to_string();
        self.source == written
            || SourceAddress::parse(&self.source, false).is_ok_and(|own| own.to_string() == written)
    }

    /// Returns the folder of the whole package inside a folder of modules, where the module lies in it.
    pub(in super::super) fn package_root(&self) -> Option<String> {
        let (before, _) = self.dir.split_once(&format!("modules/{}", self.key))?;
        Some(format!("{before}modules/{}", self.key))
    }
}

/// Returns the key of a module.
pub(in super::super) fn key(path: &ModulePath) -> String {
    path.0.iter().map(|n| &**n).collect::<Vec<_>>().join(".")
}

impl Manifest {
    /// Reads all lists of installed modules; those of ours win.
    pub(in super::super) fn read(system: &dyn System, base: &Path) -> (Self, Diagnostics) {
        let mut found = BTreeMap::new();
        let mut diagnostics = Diagnostics::default();
        for data in data_dirs(system) {
            let path = base.join(data).join("modules/modules.json");
            let bytes = match system.read(&path) {
                Ok(bytes) => bytes,
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => {
                    diagnostics.push(Diagnostic::error(
                        "Failed to read file",
                        format!(
                            "The file {:?} could not be read: {}.",
                            path.display().to_string(),
                            words(&e)
                        ),
                    ));
                    continue;
                }
            };
            match serde_json::from_slice::<Document>(&bytes) {
                Ok(document) => {
                    for entry in document.modules {
                        found.entry(entry.key.clone()).or_insert(entry);
                    }
                }
                Err(e) => diagnostics.push(Diagnostic::error(
                    "Failed to read module manifest",
                    format!("The list of installed modules {} cannot be understood: {e}. Delete it and install the modules again.", path.display()),
                )),
            }
        }
        (Self(found), diagnostics)
    }

    /// Returns the module at a path.
    pub(in super::super) fn get(&self, path: &ModulePath) -> Option<&Entry> {
        self.0.get(&key(path))
    }

    /// Writes the list byte for byte as Terraform does.
    pub(super) fn text(&self) -> String {
        let entries: Vec<String> = self
            .0
            .values()
            .map(|e| {
                let version = e
                    .version
                    .as_deref()
                    .map(|v| format!("\"Version\":{},", json(v)))
                    .unwrap_or_default();
                format!(
                    "{{\"Key\":{},\"Source\":{},{version}\"Dir\":{}}}",
                    json(&e.key),
                    json(&e.source),
                    json(&e.dir)
                )
            })
            .collect();
        format!("{{\"Modules\":[{}]}}", entries.join(","))
    }
}

/// Writes a text in JSON with the escapes that Go adds for HTML.
fn json(text: &str) -> String {
    let mut out = serde_json::Value::from(text).to_string();
    for (c, escape) in [('<', "\\u003c"), ('>', "\\u003e"), ('&', "\\u0026")] {
        out = out.replace(c, escape);
    }
    out
}
