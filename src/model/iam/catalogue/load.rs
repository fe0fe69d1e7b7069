//! Reading the embedded data.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Action, ActionResource, Catalogue, Key, KeyKind, Level, ResourceKind, Service};

/// Reads the embedded file. It is part of the binary and read whole by the tests, so a fault in it gives an empty catalogue rather
/// than an error that every caller would have to pass on.
pub(super) fn embedded() -> Catalogue {
    let json = serde_json::from_str(include_str!("service-authorization.json")).unwrap_or_default();
    catalogue(&json)
}

fn catalogue(json: &Json) -> Catalogue {
    Catalogue {
        services: members(json, "services").map(|(prefix, s)| (prefix.clone(), service(prefix, s))).collect(),
        global_keys: keys(json, "global_condition_keys"),
    }
}

fn service(prefix: &str, json: &Json) -> Service {
    let actions = members(json, "actions").map(|(name, a)| (name.to_ascii_lowercase(), action(prefix, name, a)));
    let resources = members(json, "resources").map(|(name, r)| {
        let kind = ResourceKind { name: name.clone(), arn: text(r, "arn_format"), keys: texts(r, "condition_keys") };
        (name.clone(), kind)
    });
    Service {
        prefix: prefix.to_owned(),
        actions: actions.collect(),
        resources: resources.collect(),
        keys: keys(json, "condition_keys"),
    }
}

fn action(service: &str, name: &str, json: &Json) -> Action {
    let level = match text(json, "access_level").as_str() {
        "List" => Level::List,
        "Read" => Level::Read,
        "Tagging" => Level::Tagging,
        "Permissions management" => Level::PermissionsManagement,
        _ => Level::Write,
    };
    let row = |row: &Json| ActionResource {
        kind: text(row, "type"),
        required: row.get("required").and_then(Json::as_bool).unwrap_or_default(),
        keys: texts(row, "condition_keys"),
    };
    Action {
        service: service.to_owned(),
        name: name.to_owned(),
        level,
        resources: json.get("resources").and_then(Json::as_array).into_iter().flatten().map(row).collect(),
        keys: texts(json, "condition_keys"),
        dependent: texts(json, "dependent_actions"),
    }
}

fn keys(json: &Json, member: &str) -> BTreeMap<String, Key> {
    let key = |(name, key): (&String, &Json)| {
        let kind = text(key, "type");
        let (multi, kind) = kind.strip_prefix("ArrayOf").map_or((false, kind.as_str()), |k| (true, k));
        let kind = match kind {
            "ARN" => KeyKind::Arn,
            "Numeric" => KeyKind::Numeric,
            "Bool" => KeyKind::Bool,
            "Date" => KeyKind::Date,
            "IPAddress" => KeyKind::IpAddress,
            "Binary" => KeyKind::Binary,
            _ => KeyKind::String,
        };
        (name.to_ascii_lowercase(), Key { name: name.clone(), kind, multi })
    };
    members(json, member).map(key).collect()
}

fn members<'a>(json: &'a Json, member: &str) -> impl Iterator<Item = (&'a String, &'a Json)> {
    json.get(member).and_then(Json::as_object).into_iter().flatten()
}

fn text(json: &Json, member: &str) -> String {
    json.get(member).and_then(Json::as_str).unwrap_or_default().to_owned()
}

fn texts(json: &Json, member: &str) -> Vec<String> {
    let items = json.get(member).and_then(Json::as_array).into_iter().flatten();
    items.filter_map(Json::as_str).map(str::to_owned).collect()
}
