//! Values with types, unknown parts and marks as JSON.
//!
//! `true`, `"text"` and `[tuple]` stand for themselves; everything else is an object with one key: `n` null, `u` unknown, `d`
//! number, `l` list, `s` set, `m` map, `o` object, `k` marks.

use std::sync::Arc;

use bastionless_model::value::{
    Kind, Map, Marks, Number, Refinement, Type, Value, type_from_json, type_to_json,
};
use serde_json::{Value as Json, json};

/// Writes a value.
pub(super) fn write(value: &Value) -> Json {
    let marks = value.marks();
    if !marks.is_empty() {
        let bits = u8::from(marks.contains(Marks::SENSITIVE))
            | (u8::from(marks.contains(Marks::EPHEMERAL)) << 1);
        return json!({ "k": [bits, write(&value.clone().unmark().0)] });
    }
    let all = |l: &[Value]| l.iter().map(write).collect::<Vec<_>>();
    let entries = |m: &Map| {
        m.iter()
            .map(|(k, v)| (k.to_string(), write(v)))
            .collect::<serde_json::Map<_, _>>()
    };
    match value.kind() {
        Kind::Null(t) => json!({ "n": type_to_json(t) }),
        Kind::Unknown(t, None) => json!({ "u": [type_to_json(t)] }),
        Kind::Unknown(t, Some(r)) => json!({ "u": [type_to_json(t), refinement(r)] }),
        Kind::Bool(b) => Json::Bool(*b),
        Kind::Number(n) => json!({ "d": n.to_string() }),
        Kind::String(s) => Json::String(s.to_string()),
        Kind::List(t, l) => json!({ "l": [type_to_json(t), all(l)] }),
        Kind::Set(t, l) => json!({ "s": [type_to_json(t), all(l)] }),
        Kind::Map(t, m) => json!({ "m": [type_to_json(t), entries(m)] }),
        Kind::Tuple(l) => Json::Array(all(l)),
        Kind::Object(m) => json!({ "o": entries(m) }),
    }
}

fn refinement(r: &Refinement) -> Json {
    json!({ "not_null": r.not_null, "prefix": r.prefix.as_deref() })
}

/// Reads a value.
pub(super) fn read(json: &Json) -> Option<Value> {
    match json {
        Json::Bool(b) => Some((*b).into()),
        Json::String(s) => Some(s.as_str().into()),
        Json::Array(l) => Some(Value::tuple(l.iter().map(read).collect::<Option<_>>()?)),
        Json::Object(o) => {
            let (key, inner) = o.iter().next()?;
            tagged(key, inner)
        }
        _ => None,
    }
}

fn tagged(key: &str, inner: &Json) -> Option<Value> {
    let ty = |i: usize| inner.get(i).and_then(|t| type_from_json(t).ok());
    let list = || {
        inner
            .get(1)?
            .as_array()?
            .iter()
            .map(read)
            .collect::<Option<Vec<_>>>()
    };
    match key {
        "n" => Some(Value::null(type_from_json(inner).ok()?)),
        "u" => Some(unknown(ty(0)?, inner.get(1))),
        "d" => Number::parse(inner.as_str()?).map(Value::from),
        "l" => Some(Value::list(ty(0)?, list()?)),
        "s" => Some(Value::set(ty(0)?, list()?)),
        "m" => Some(Value::map(ty(0)?, entries(inner.get(1)?)?)),
        "o" => Some(Value::object(entries(inner)?)),
        "k" => {
            let bits = inner.get(0)?.as_u64()?;
            let mut marks = Marks::NONE;
            if bits & 1 != 0 {
                marks = marks.union(Marks::SENSITIVE);
            }
            if bits & 2 != 0 {
                marks = marks.union(Marks::EPHEMERAL);
            }
            Some(read(inner.get(1)?)?.with_marks(marks))
        }
        _ => None,
    }
}

fn unknown(ty: Type, refinement: Option<&Json>) -> Value {
    let Some(r) = refinement else {
        return Value::unknown(ty);
    };
    let refinement = Refinement {
        not_null: r.get("not_null").and_then(Json::as_bool).unwrap_or(false),
        prefix: r.get("prefix").and_then(Json::as_str).map(Arc::from),
        ..Refinement::default()
    };
    Kind::Unknown(ty, Some(Arc::new(refinement))).into()
}

fn entries(json: &Json) -> Option<Map> {
    json.as_object()?
        .iter()
        .map(|(k, v)| Some((Arc::from(k.as_str()), read(v)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use bastionless_model::value::identical;

    use super::*;

    #[test]
    fn every_kind_comes_back() {
        let value = Value::object([
            ("null", Value::null(Type::list(Type::String))),
            ("unknown", Value::unknown(Type::Number)),
            ("bool", true.into()),
            ("number", Number::parse("1e400").unwrap().into()),
            ("text", "t".into()),
            (
                "list",
                Value::list(Type::String, vec!["a".into(), Value::unknown(Type::String)]),
            ),
            ("set", Value::set(Type::Bool, vec![true.into()]).sensitive()),
            (
                "map",
                Value::map(Type::String, [("k", Value::from("v").sensitive())]),
            ),
            ("tuple", Value::tuple(vec![1.into(), "x".into()])),
        ]);
        let back = read(&serde_json::from_str(&write(&value).to_string()).unwrap()).unwrap();
        assert!(identical(&value, &back), "{value:?}\n{back:?}");
    }
}
