//! JSON forms of values and types.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{Kind, Map, Number, Path, Step, Type, Value, convert};

/// Why JSON is not a value.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(pub String);

/// Writes a value as JSON without its type, as Terraform's state and plan JSON do. Marks are left out; unknown parts
/// become null. Numbers keep all their digits.
pub fn to_json(value: &Value) -> Json {
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(..) => Json::Null,
        Kind::Bool(b) => Json::Bool(*b),
        Kind::Number(n) => number_to_json(n),
        Kind::String(s) => Json::String(s.to_string()),
        Kind::List(_, l) | Kind::Set(_, l) | Kind::Tuple(l) => {
            Json::Array(l.iter().map(to_json).collect())
        }
        Kind::Map(_, m) | Kind::Object(m) => {
            Json::Object(m.iter().map(|(k, v)| (k.to_string(), to_json(v))).collect())
        }
    }
}

/// Writes a value as JSON of a type: where the type is [`Type::Dynamic`] it becomes `{"value":…,"type":…}`, so that
/// [`from_json_as`] finds the type again. The value must be of the type otherwise.
pub fn to_json_as(value: &Value, ty: &Type) -> Json {
    match (value.kind(), ty) {
        (Kind::Null(Type::Dynamic) | Kind::Unknown(Type::Dynamic, _), Type::Dynamic) => Json::Null,
        (_, Type::Dynamic) => {
            let actual = value.type_of();
            let mut wrapped = serde_json::Map::new();
            wrapped.insert("value".into(), to_json_as(value, &actual));
            wrapped.insert("type".into(), type_to_json(&actual));
            Json::Object(wrapped)
        }
        (Kind::List(_, l) | Kind::Set(_, l), Type::List(t) | Type::Set(t)) => {
            Json::Array(l.iter().map(|v| to_json_as(v, t)).collect())
        }
        (Kind::Map(_, m), Type::Map(t)) => Json::Object(
            m.iter()
                .map(|(k, v)| (k.to_string(), to_json_as(v, t)))
                .collect(),
        ),
        (Kind::Tuple(l), Type::Tuple(ts)) => Json::Array(
            l.iter()
                .zip(ts.iter())
                .map(|(v, t)| to_json_as(v, t))
                .collect(),
        ),
        (Kind::Object(m), Type::Object(ts)) => {
            let part = |(k, v): (&Arc<str>, &Value)| {
                (
                    k.to_string(),
                    ts.get(k).map_or_else(|| to_json(v), |t| to_json_as(v, t)),
                )
            };
            Json::Object(m.iter().map(part).collect())
        }
        _ => to_json(value),
    }
}

/// Terraform stores what an `f64` holds exactly as an `f64`, and prints that one as briefly.
fn number_to_json(n: &Number) -> Json {
    match n.to_i64() {
        // Minus zero is stored as zero.
        Some(i) => Json::from(i),
        None => n
            .stored()
            .to_string()
            .parse()
            .map_or(Json::Null, Json::Number),
    }
}

/// Reads JSON with the type that it implies: arrays are tuples, objects are objects.
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::NULL,
        Json::Bool(b) => Value::from(*b),
        Json::Number(n) => number_from_json(n).map_or(Value::NULL, Value::from),
        Json::String(s) => Value::from(s.as_str()),
        Json::Array(l) => Value::tuple(l.iter().map(from_json).collect()),
        Json::Object(m) => Value::object(m.iter().map(|(k, v)| (k.as_str(), from_json(v)))),
    }
}

fn number_from_json(n: &serde_json::Number) -> Option<Number> {
    Number::parse(n.as_str())
}

/// Reads JSON as a value of a type. Object attributes that are missing in the JSON are null; unknown keys are an error.
/// Where the type is [`Type::Dynamic`] the JSON must be `{"value":…,"type":…}` or null.
///
/// # Errors
/// Says where the JSON does not fit.
pub fn from_json_as(json: &Json, ty: &Type) -> Result<Value, JsonError> {
    read(json, ty, &mut Path::default())
}

fn read(json: &Json, ty: &Type, path: &mut Path) -> Result<Value, JsonError> {
    if json.is_null() {
        return Ok(Value::null(ty.clone()));
    }
    match (ty, json) {
        (Type::Dynamic, _) => read_dynamic(json, path),
        (Type::Bool, Json::Bool(b)) => Ok(Value::from(*b)),
        (Type::Number, Json::Number(n)) => match number_from_json(n) {
            Some(n) => Ok(Value::from(n)),
            None => Err(wrong(path, "a number is required")),
        },
        (Type::String, Json::String(s)) => Ok(Value::from(s.as_str())),
        (Type::String, Json::Number(n)) => Ok(Value::from(n.as_str())),
        (
            Type::Bool | Type::Number | Type::String,
            Json::Bool(_) | Json::Number(_) | Json::String(_),
        ) => convert(&from_json(json), ty).map_err(|e| wrong(path, &e.message)),
        (Type::List(t), Json::Array(l)) => {
            Ok(Value::list((**t).clone(), read_all(l, |_| Some(t), path)?))
        }
        (Type::Set(t), Json::Array(l)) => {
            Ok(Value::set((**t).clone(), read_all(l, |_| Some(t), path)?))
        }
        (Type::Tuple(ts), Json::Array(l)) if ts.len() == l.len() => {
            Ok(Value::tuple(read_all(l, |i| ts.get(i), path)?))
        }
        (Type::Tuple(ts), Json::Array(_)) => Err(wrong(
            path,
            &format!("exactly {} elements are required", ts.len()),
        )),
        (Type::Map(t), Json::Object(m)) => {
            let mut out = Map::new();
            for (k, v) in m {
                let key: Arc<str> = k.as_str().into();
                path.0.push(Step::Index(key.clone().into()));
                out.insert(key, read(v, t, path)?);
                path.0.pop();
            }
            Ok(Kind::Map((**t).clone(), Arc::new(out)).into())
        }
        (Type::Object(ats), Json::Object(m)) => {
            if let Some(unknown) = m.keys().find(|k| !ats.contains_key(k.as_str())) {
                return Err(wrong(path, &format!("unsupported attribute {unknown:?}")));
            }
            let mut out = Map::new();
            for (k, t) in ats.iter() {
                path.0.push(Step::Attribute(k.clone()));
                out.insert(
                    k.clone(),
                    read(m.get(&**k).unwrap_or(&Json::Null), t, path)?,
                );
                path.0.pop();
            }
            Ok(Kind::Object(Arc::new(out)).into())
        }
        _ => Err(wrong(path, &format!("{} required", ty.friendly_name()))),
    }
}

fn read_all<'a>(
    list: &[Json],
    ty: impl Fn(usize) -> Option<&'a Type>,
    path: &mut Path,
) -> Result<Vec<Value>, JsonError> {
    let mut out = Vec::with_capacity(list.len());
    for (i, v) in list.iter().enumerate() {
        path.0.push(Step::Index(i.into()));
        out.push(read(v, ty(i).unwrap_or(&Type::Dynamic), path)?);
        path.0.pop();
    }
    Ok(out)
}

fn read_dynamic(json: &Json, path: &mut Path) -> Result<Value, JsonError> {
    match (json.get("value"), json.get("type")) {
        (Some(value), Some(ty)) => {
            let ty = type_from_json(ty)?;
            read(value, &ty, path)
        }
        _ => Err(wrong(path, "a value with its type is required")),
    }
}

fn wrong(path: &Path, message: &str) -> JsonError {
    JsonError(if path.0.is_empty() {
        message.into()
    } else {
        format!("{path}: {message}")
    })
}

/// Writes a type in cty's JSON form: `"string"`, `["list","string"]`, `["object",{…}]`.
pub fn type_to_json(ty: &Type) -> Json {
    let pair = |name: &str, of: Json| Json::Array(vec![name.into(), of]);
    match ty {
        Type::Dynamic => "dynamic".into(),
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::List(t) => pair("list", type_to_json(t)),
        Type::Set(t) => pair("set", type_to_json(t)),
        Type::Map(t) => pair("map", type_to_json(t)),
        Type::Tuple(ts) => pair("tuple", Json::Array(ts.iter().map(type_to_json).collect())),
        Type::Object(ats) => pair(
            "object",
            Json::Object(
                ats.iter()
                    .map(|(k, t)| (k.to_string(), type_to_json(t)))
                    .collect(),
            ),
        ),
    }
}

/// Reads a type from cty's JSON form.
///
/// # Errors
/// Says what is not a type.
pub fn type_from_json(json: &Json) -> Result<Type, JsonError> {
    let wrong = || JsonError(format!("not a type: {json}"));
    if let Some(name) = json.as_str() {
        return match name {
            "dynamic" => Ok(Type::Dynamic),
            "bool" => Ok(Type::Bool),
            "number" => Ok(Type::Number),
            "string" => Ok(Type::String),
            _ => Err(wrong()),
        };
    }
    let Some([kind, of, ..]) = json.as_array().map(Vec::as_slice) else {
        return Err(wrong());
    };
    match (kind.as_str(), of) {
        (Some("list"), t) => Ok(Type::list(type_from_json(t)?)),
        (Some("set"), t) => Ok(Type::set(type_from_json(t)?)),
        (Some("map"), t) => Ok(Type::map(type_from_json(t)?)),
        (Some("tuple"), Json::Array(ts)) => Ok(Type::tuple(
            ts.iter()
                .map(type_from_json)
                .collect::<Result<Vec<_>, _>>()?,
        )),
        (Some("object"), Json::Object(ats)) => {
            let mut types = Vec::with_capacity(ats.len());
            for (k, t) in ats {
                types.push((k.as_str(), type_from_json(t)?));
            }
            Ok(Type::object(types))
        }
        _ => Err(wrong()),
    }
}
