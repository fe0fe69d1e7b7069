//! Where a value is unknown or sensitive, as JSON.

use serde_json::Value as Json;

use super::{Kind, Type, Value};

/// Writes where a value is unknown, in the shape of Terraform's `after_unknown`: `true` for an unknown value; objects and
/// maps hold only entries with something unknown; lists, sets and tuples hold `false` or the mask of every element.
pub fn unknown_mask(value: &Value) -> Json {
    if value.is_unknown() {
        Json::Bool(true)
    } else {
        mask_parts(value, unknown_mask)
    }
}

/// Writes where a value is sensitive, in the shape of Terraform's `before_sensitive`/`after_sensitive`.
pub fn sensitive_mask(value: &Value) -> Json {
    if value.is_sensitive() {
        return Json::Bool(true);
    }
    match value.kind() {
        Kind::Unknown(Type::List(_) | Type::Set(_) | Type::Tuple(_), _) => Json::Array(Vec::new()),
        Kind::Unknown(Type::Map(_) | Type::Object(_), _) => Json::Object(serde_json::Map::new()),
        _ => mask_parts(value, sensitive_mask),
    }
}

fn mask_parts(value: &Value, mask: fn(&Value) -> Json) -> Json {
    if let Some(elements) = value.elements() {
        return Json::Array(elements.iter().map(mask).collect());
    }
    let Some(entries) = value.entries() else {
        return Json::Bool(false);
    };
    let masks = entries.iter().map(|(k, v)| (k.to_string(), mask(v)));
    Json::Object(masks.filter(|(_, m)| *m != Json::Bool(false)).collect())
}
