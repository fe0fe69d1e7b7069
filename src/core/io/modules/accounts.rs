//! What the person at the machine configured about hosts: tokens, and where services are.
//!
//! As Terraform: `TF_TOKEN_host` (dots as `_`, hyphens as `__`), the file that `TF_CLI_CONFIG_FILE` names or `~/.terraformrc`, and
//! `~/.terraform.d/*.tfrc[.json]`, among them `credentials.tfrc.json`. Tokens are never shown.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use bastionless_model::{
    base::{Diagnostic, Diagnostics, SourceMap},
    value::{Value, to_json},
};
use serde_json::Value as Json;

use super::super::System;
use crate::lang::{
    expr,
    syntax::{Body, parse},
};

/// Tokens and places of services by host.
#[derive(Default)]
pub struct Accounts {
    tokens: BTreeMap<String, String>,
    services: BTreeMap<String, BTreeMap<String, String>>,
}

/// Shows hosts only.
impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts")
            .field(
                "hosts",
                &self
                    .tokens
                    .keys()
                    .chain(self.services.keys())
                    .collect::<Vec<_>>(),
            )
            .finish()
    }
}

impl Accounts {
    /// Reads everything; files that cannot be understood are warned of.
    pub fn read(system: &dyn System) -> (Self, Diagnostics) {
        let mut accounts = Self::default();
        let mut problems = Diagnostics::default();
        for path in files(system) {
            let Ok(bytes) = system.read(&path) else {
                continue;
            };
            if !accounts.file(&path, &String::from_utf8_lossy(&bytes)) {
                problems.push(Diagnostic::warning(
                    "Unreadable CLI configuration",
                    format!("The file {} could not be understood, so tokens and hosts in it are not used.", path.display()),
                ));
            }
        }
        for (name, token) in system.env_with_prefix("TF_TOKEN_") {
            let host = name
                .trim_start_matches("TF_TOKEN_")
                .replace("__", "-")
                .replace('_', ".");
            accounts.tokens.insert(host.to_ascii_lowercase(), token);
        }
        (accounts, problems)
    }

    /// Returns the token for a host.
    pub fn token(&self, host: &str) -> Option<&str> {
        self.tokens.get(host).map(String::as_str)
    }

    /// Returns the place of a service of a host, where it was configured by hand.
    pub fn service(&self, host: &str, name: &str) -> Option<Option<&str>> {
        self.services
            .get(host)
            .map(|s| s.get(name).map(String::as_str))
    }

    fn file(&mut self, path: &Path, text: &str) -> bool {
        if path.extension().is_some_and(|e| e == "json") {
            let Ok(document) = serde_json::from_str::<Json>(text) else {
                return false;
            };
            self.hosts(&document);
            return true;
        }
        let mut sources = SourceMap::default();
        let id = sources.add("", text);
        let file = parse(id, text);
        for block in file.value.body.blocks() {
            let Some(host) = block.labels.first() else {
                continue;
            };
            let mut of_kind = serde_json::Map::new();
            of_kind.insert(host.text.to_string(), to_json(&constants(&block.body)));
            let mut document = serde_json::Map::new();
            document.insert(block.kind.name.to_string(), Json::Object(of_kind));
            self.hosts(&Json::Object(document));
        }
        !file.diagnostics.has_errors()
    }

    fn hosts(&mut self, document: &Json) {
        let of = |kind: &str| {
            document
                .get(kind)
                .and_then(Json::as_object)
                .into_iter()
                .flatten()
        };
        for (host, settings) in of("credentials") {
            if let Some(token) = settings.get("token").and_then(Json::as_str) {
                self.tokens
                    .insert(host.to_ascii_lowercase(), token.to_owned());
            }
        }
        for (host, settings) in of("host") {
            let services = settings
                .get("services")
                .and_then(Json::as_object)
                .into_iter()
                .flatten();
            let services = services.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned())));
            self.services
                .insert(host.to_ascii_lowercase(), services.collect());
        }
    }
}

fn constants(body: &Body) -> Value {
    Value::object(
        body.attributes()
            .filter_map(|a| Some((a.name.name.clone(), expr::constant(&a.expr).ok()?))),
    )
}

fn files(system: &dyn System) -> Vec<PathBuf> {
    let home = system.home();
    let mut found: Vec<PathBuf> = Vec::new();
    if let Some(folder) = home.as_ref().map(|h| h.join(".terraform.d")) {
        let names = system
            .list(&folder)
            .unwrap_or_default()
            .into_iter()
            .filter(|e| !e.is_dir)
            .map(|e| e.name);
        let mine = names.filter(|n| n.ends_with(".tfrc") || n.ends_with(".tfrc.json"));
        found.extend(mine.map(|n| folder.join(n)));
    }
    match system.env("TF_CLI_CONFIG_FILE") {
        Some(path) => found.push(path.into()),
        None => found.extend(home.map(|h| h.join(".terraformrc"))),
    }
    found
}
