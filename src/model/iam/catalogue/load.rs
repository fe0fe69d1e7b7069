//! Reading the embedded data: at first only where each service begins, and the condition keys, which are few.
//!
//! The data is part of the binary, and texts are borrowed from it. It is read whole by the tests, so a fault in it gives an empty part
//! rather than an error that every caller would have to pass on.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{
    Action, ActionResource, Catalogue, Entry, Key, KeyIndex, KeyKind, Level, ResourceKind, Service,
    Services,
};

/// JSON that was not read yet.
type Raw = &'static RawValue;
type Members = BTreeMap<&'static str, Raw>;

/// Finds the services in the embedded file and reads the global keys.
pub(super) fn embedded() -> Catalogue {
    let mut whole: Members =
        serde_json::from_str(include_str!("service-authorization.json")).unwrap_or_default();
    let services: BTreeMap<&'static str, Members> =
        whole.remove("services").and_then(read).unwrap_or_default();
    let entry = |(prefix, parts)| {
        (
            prefix,
            Entry {
                parts,
                ..Entry::default()
            },
        )
    };
    Catalogue {
        services: Services {
            entries: services.into_iter().map(entry).collect(),
        },
        global_keys: keys(&whole, "global_condition_keys"),
        ..Catalogue::default()
    }
}

/// Reads a service.
pub(super) fn service(prefix: &'static str, parts: &Members) -> Service {
    let actions = members(parts, "actions")
        .into_iter()
        .map(|(name, a)| (name.to_ascii_lowercase(), action(prefix, name, a)));
    let resources = members(parts, "resources").into_iter().map(|(name, r)| {
        let r: Members = read(r).unwrap_or_default();
        (
            name,
            ResourceKind {
                name: name.to_owned(),
                arn: text(&r, "arn_format"),
                keys: texts(&r, "condition_keys"),
            },
        )
    });
    Service {
        prefix,
        actions: actions.collect(),
        resources: resources.collect(),
        keys: keys(parts, "condition_keys"),
    }
}

/// Reads the condition keys of all services: those in front of `rest` first.
pub(super) fn index(catalogue: &Catalogue) -> KeyIndex {
    let mut out = KeyIndex::default();
    let of_services = catalogue
        .services
        .entries
        .values()
        .map(|e| keys(&e.parts, "condition_keys"));
    for (lower, key) in std::iter::once(catalogue.global_keys.clone())
        .chain(of_services)
        .flatten()
    {
        match lower.split_once("${") {
            Some((before, rest)) => {
                let after = rest.split_once('}').map_or("", |(_, after)| after);
                out.templates
                    .push((before.to_owned(), after.to_owned(), key));
            }
            None => {
                out.plain.entry(lower).or_insert(key);
            }
        }
    }
    out
}

fn action(service: &'static str, name: &'static str, raw: Raw) -> Action {
    let parts: Members = read(raw).unwrap_or_default();
    let level = match text(&parts, "access_level") {
        "List" => Level::List,
        "Read" => Level::Read,
        "Tagging" => Level::Tagging,
        "Permissions management" => Level::PermissionsManagement,
        _ => Level::Write,
    };
    let row = |row: Members| ActionResource {
        kind: text(&row, "type").to_owned(),
        required: row
            .get("required")
            .copied()
            .and_then(read)
            .unwrap_or_default(),
        keys: texts(&row, "condition_keys"),
    };
    let rows: Vec<Members> = parts
        .get("resources")
        .copied()
        .and_then(read)
        .unwrap_or_default();
    Action {
        service,
        name,
        level,
        resources: rows.into_iter().map(row).collect(),
        keys: texts(&parts, "condition_keys"),
        dependent: texts(&parts, "dependent_actions"),
    }
}

fn keys(parts: &Members, member: &str) -> BTreeMap<String, Key> {
    let key = |(name, raw): (&'static str, Raw)| {
        let parts: Members = read(raw).unwrap_or_default();
        let kind = text(&parts, "type");
        let (multi, kind) = kind
            .strip_prefix("ArrayOf")
            .map_or((false, kind), |k| (true, k));
        let kind = match kind {
            "ARN" => KeyKind::Arn,
            "Numeric" => KeyKind::Numeric,
            "Bool" => KeyKind::Bool,
            "Date" => KeyKind::Date,
            "IPAddress" => KeyKind::IpAddress,
            "Binary" => KeyKind::Binary,
            _ => KeyKind::String,
        };
        (name.to_ascii_lowercase(), Key { name, kind, multi })
    };
    members(parts, member).into_iter().map(key).collect()
}

fn read<T: serde::Deserialize<'static>>(raw: Raw) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}

fn members(parts: &Members, member: &str) -> Members {
    parts
        .get(member)
        .copied()
        .and_then(read)
        .unwrap_or_default()
}

fn text(parts: &Members, member: &str) -> &'static str {
    parts
        .get(member)
        .copied()
        .and_then(read)
        .unwrap_or_default()
}

fn texts(parts: &Members, member: &str) -> Vec<&'static str> {
    parts
        .get(member)
        .copied()
        .and_then(read)
        .unwrap_or_default()
}
