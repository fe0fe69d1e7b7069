//! Attributes of stored objects: JSON text to values of a type and back.
//!
//! Where the type says [`Type::Dynamic`] the JSON holds `{"value": …, "type": …}`, as cty writes it.

use std::{fmt, sync::Arc};

use bastionless_model::{
    schema::{Block, Schema},
    value::{
        Kind, Map, Marks, Number, Path, Step, Type, Value, to_json, type_from_json, type_to_json,
    },
};
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Object, StateError, Status, json::push_string};
use crate::lang::address::ConfigResource;

/// Reads JSON text as a value of a type. Object attributes that are missing are null, those that the type does not have
/// are dropped (an older provider wrote them).
///
/// # Errors
/// Says where the JSON does not fit the type.
pub fn read_value(json: &str, ty: &Type) -> Result<Value, StateError> {
    let mut d = serde_json::Deserializer::from_str(json);
    let value = Seed(ty)
        .deserialize(&mut d)
        .and_then(|v| d.end().map(|()| v));
    value.map_err(|e| StateError::Attributes(without_position(&e)))
}

/// Positions inside one object's attributes say nothing to a reader of the file.
fn without_position(e: &serde_json::Error) -> String {
    let text = e.to_string();
    match text.rfind(" at line ") {
        Some(i) => text.get(..i).unwrap_or(&text).to_owned(),
        None => text,
    }
}

struct Seed<'t>(&'t Type);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        match self.0 {
            Type::Bool | Type::Number | Type::String => {
                let json = <serde_json::Value as serde::Deserialize>::deserialize(d)?;
                primitive(json, self.0).map_err(de::Error::custom)
            }
            _ => d.deserialize_any(self),
        }
    }
}

fn primitive(json: serde_json::Value, ty: &Type) -> Result<Value, String> {
    use serde_json::Value as Json;
    match (ty, json) {
        (_, Json::Null) => Ok(Value::null(ty.clone())),
        (Type::Bool, Json::Bool(b)) => Ok(b.into()),
        (Type::Bool, Json::String(s)) if s == "true" => Ok(true.into()),
        (Type::Bool, Json::String(s)) if s == "false" => Ok(false.into()),
        (Type::Number, Json::Number(n)) => number(&n.to_string()),
        (Type::Number, Json::String(s)) => number(&s),
        (Type::String, Json::String(s)) => Ok(s.into()),
        (Type::String, Json::Bool(b)) => Ok(if b { "true" } else { "false" }.into()),
        (Type::String, Json::Number(n)) => Ok(n.to_string().into()),
        (ty, _) => Err(format!("a {} is required", ty.friendly_name())),
    }
}

fn number(text: &str) -> Result<Value, String> {
    Number::parse(text)
        .map(Value::from)
        .ok_or_else(|| "a number is required".to_owned())
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.friendly_name())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::null(self.0.clone()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        match self.0 {
            Type::List(t) | Type::Set(t) => {
                while let Some(v) = seq.next_element_seed(Seed(t))? {
                    out.push(v);
                }
            }
            Type::Tuple(ts) => {
                for t in ts.iter() {
                    let v = seq.next_element_seed(Seed(t))?;
                    out.push(v.ok_or_else(|| de::Error::custom("a tuple has too few elements"))?);
                }
                if seq.next_element::<IgnoredAny>()?.is_some() {
                    return Err(de::Error::custom("a tuple has too many elements"));
                }
            }
            t => {
                let message = format!("a {} is required, not a list", t.friendly_name());
                return Err(de::Error::custom(message));
            }
        }
        Ok(match self.0 {
            Type::List(t) => Value::list(t.as_ref().clone(), out),
            Type::Set(t) => Value::set(t.as_ref().clone(), out),
            _ => Value::tuple(out),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        match self.0 {
            Type::Object(types) => {
                let mut out = Map::new();
                while let Some(key) = map.next_key::<String>()? {
                    match types.get_key_value(key.as_str()) {
                        Some((name, t)) => {
                            let v = map.next_value_seed(Seed(t));
                            let v = v.map_err(|e| de::Error::custom(format!(".{name}: {e}")))?;
                            out.insert(name.clone(), v);
                        }
                        None => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                for (name, t) in types.iter() {
                    if !out.contains_key(name) {
                        out.insert(name.clone(), Value::null(t.clone()));
                    }
                }
                Ok(Kind::Object(Arc::new(out)).into())
            }
            Type::Map(t) => {
                let mut out = Map::new();
                while let Some(key) = map.next_key::<String>()? {
                    let v = map.next_value_seed(Seed(t))?;
                    out.insert(key.into(), v);
                }
                Ok(Kind::Map(t.as_ref().clone(), Arc::new(out)).into())
            }
            Type::Dynamic => dynamic(map),
            t => {
                let message = format!("a {} is required, not an object", t.friendly_name());
                Err(de::Error::custom(message))
            }
        }
    }
}

/// Reads `{"value": …, "type": …}`, in whichever order.
fn dynamic<'de, A: MapAccess<'de>>(mut map: A) -> Result<Value, A::Error> {
    let mut value: Option<Box<RawValue>> = None;
    let mut ty = None;
    while let Some(key) = map.next_key::<String>()? {
        match key.as_str() {
            "value" => value = Some(map.next_value()?),
            "type" => ty = Some(map.next_value::<serde_json::Value>()?),
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
    }
    let (Some(value), Some(ty)) = (value, ty) else {
        return Err(de::Error::custom(
            "a value of any type needs both \"value\" and \"type\"",
        ));
    };
    let ty = type_from_json(&ty).map_err(de::Error::custom)?;
    read_value(value.get(), &ty).map_err(de::Error::custom)
}

/// Writes a value of a type as compact JSON; marks are left out.
///
/// # Errors
/// Fails on an unknown part: only known values are stored.
pub fn write_value(value: &Value, ty: &Type) -> Result<String, StateError> {
    let mut out = String::new();
    push_value(&mut out, value, ty)?;
    Ok(out)
}

fn push_value(out: &mut String, value: &Value, ty: &Type) -> Result<(), StateError> {
    if *ty == Type::Dynamic {
        let own = value.type_of();
        if own != Type::Dynamic {
            out.push_str("{\"value\":");
            push_value(out, value, &own)?;
            out.push_str(",\"type\":");
            out.push_str(&type_to_json(&own).to_string());
            out.push('}');
            return Ok(());
        }
    }
    match value.kind() {
        Kind::Null(_) => out.push_str("null"),
        Kind::Unknown(..) => return Err(StateError::Unknown),
        Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Kind::Number(_) => out.push_str(&to_json(&value.clone().unmark().0).to_string()),
        Kind::String(s) => push_string(out, s),
        Kind::List(t, l) | Kind::Set(t, l) => {
            let t = ty.element().unwrap_or(t);
            push_all(out, ('[', ']'), l.iter(), |out, v| push_value(out, v, t))?;
        }
        Kind::Tuple(l) => {
            let types = match ty {
                Type::Tuple(ts) => Some(ts),
                _ => None,
            };
            push_all(
                out,
                ('[', ']'),
                l.iter().enumerate(),
                |out, (i, v)| match types.and_then(|ts| ts.get(i)) {
                    Some(t) => push_value(out, v, t),
                    None => push_value(out, v, &v.type_of()),
                },
            )?;
        }
        Kind::Map(t, m) => {
            let t = ty.element().unwrap_or(t);
            push_all(out, ('{', '}'), m.iter(), |out, (k, v)| {
                push_string(out, k);
                out.push(':');
                push_value(out, v, t)
            })?;
        }
        Kind::Object(m) => {
            let types = match ty {
                Type::Object(ts) => Some(ts),
                _ => None,
            };
            push_all(out, ('{', '}'), m.iter(), |out, (k, v)| {
                push_string(out, k);
                out.push(':');
                match types.and_then(|ts| ts.get(k)) {
                    Some(t) => push_value(out, v, t),
                    None => push_value(out, v, &v.type_of()),
                }
            })?;
        }
    }
    Ok(())
}

fn push_all<T>(
    out: &mut String,
    (open, close): (char, char),
    items: impl Iterator<Item = T>,
    mut push: impl FnMut(&mut String, T) -> Result<(), StateError>,
) -> Result<(), StateError> {
    out.push(open);
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(',');
        }
        push(out, item)?;
    }
    out.push(close);
    Ok(())
}

impl Object {
    /// Reads the attributes as a value of the schema's type, with the stored marks.
    ///
    /// # Errors
    /// Fails where the attributes were written for a newer schema or do not fit.
    pub fn decode(&self, schema: &Schema) -> Result<Value, StateError> {
        if self.schema_version > schema.version {
            return Err(StateError::NewerSchema {
                stored: self.schema_version,
                ours: schema.version,
            });
        }
        self.decode_as(&schema.block.implied_type())
    }

    /// Reads the attributes as a value of a type, with the stored marks. For callers that keep the type of many objects.
    ///
    /// # Errors
    /// Fails where the attributes do not fit.
    pub fn decode_as(&self, ty: &Type) -> Result<Value, StateError> {
        if self.attributes.get() == "null" && self.extra.contains_key("attributes_flat") {
            return Err(StateError::FlatAttributes);
        }
        let value = read_value(self.attributes.get(), ty)?;
        Ok(value.mark_with_paths(&self.sensitive))
    }

    /// Writes a value as a ready object without dependencies; places of sensitive values are those that are marked and those
    /// that the schema says.
    ///
    /// # Errors
    /// Fails on an unknown part.
    pub fn encode(value: &Value, schema: &Schema) -> Result<Self, StateError> {
        let text = write_value(value, &schema.block.implied_type())?;
        let attributes = RawValue::from_string(text)
            .map_err(|e| StateError::Attributes(without_position(&e)))?;
        Ok(Self {
            status: Status::Ready,
            schema_version: schema.version,
            attributes: attributes.into(),
            sensitive: sensitive_paths(value, schema),
            dependencies: Vec::new(),
            create_before_destroy: false,
            private: None,
            identity: None,
            extra: super::Extra::new(),
        })
    }

    /// Returns the same object with what it depends on, sorted and without repetition.
    #[must_use]
    pub fn depending_on(mut self, mut dependencies: Vec<ConfigResource>) -> Self {
        dependencies.sort_by_cached_key(ToString::to_string);
        dependencies.dedup();
        self.dependencies = dependencies;
        self
    }

    /// Returns the top-level text attribute of a name without reading the others into values, such as `id`.
    pub fn text_attribute(&self, name: &str) -> Option<String> {
        let mut d = serde_json::Deserializer::from_str(self.attributes.get());
        d.deserialize_map(TextOf(name)).ok().flatten()
    }
}

struct TextOf<'n>(&'n str);

impl<'de> Visitor<'de> for TextOf<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("attributes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0 {
                found = map
                    .next_value::<serde_json::Value>()?
                    .as_str()
                    .map(str::to_owned);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Returns where a value is sensitive: by its marks and by its schema; sorted, without repetition.
pub fn sensitive_paths(value: &Value, schema: &Schema) -> Vec<(Path, Marks)> {
    let mut paths = Vec::new();
    value.visit(&mut Path::default(), &mut |path, v| {
        if v.is_sensitive() {
            paths.push((path.clone(), Marks::SENSITIVE));
        }
        true
    });
    schema_paths(&schema.block, value, &Path::default(), &mut paths);
    paths.sort_by_cached_key(|(p, _)| p.to_string());
    paths.dedup_by(|(a, _), (b, _)| a.to_string() == b.to_string());
    paths
}

fn schema_paths(block: &Block, value: &Value, at: &Path, out: &mut Vec<(Path, Marks)>) {
    let Some(entries) = value.entries() else {
        return;
    };
    for (name, attribute) in &block.attributes {
        if attribute.sensitive && entries.contains_key(name) {
            out.push((at.clone().attribute(name.clone()), Marks::SENSITIVE));
        }
    }
    for (name, nested) in &block.blocks {
        let Some(v) = entries.get(name) else { continue };
        let here = at.clone().attribute(name.clone());
        match v.kind() {
            Kind::Object(_) => schema_paths(&nested.block, v, &here, out),
            Kind::List(_, l) | Kind::Tuple(l) => {
                for (i, v) in l.iter().enumerate() {
                    let index = Value::from(i64::try_from(i).unwrap_or(i64::MAX));
                    schema_paths(&nested.block, v, &here.clone().index(index), out);
                }
            }
            Kind::Map(_, m) => {
                for (k, v) in m.iter() {
                    schema_paths(&nested.block, v, &here.clone().index(k.clone()), out);
                }
            }
            // Parts of a set have no lasting place: the whole set counts.
            Kind::Set(_, l) if !l.is_empty() && has_sensitive(&nested.block) => {
                out.push((here, Marks::SENSITIVE));
            }
            _ => {}
        }
    }
}

fn has_sensitive(block: &Block) -> bool {
    block.attributes.values().any(|a| a.sensitive)
        || block.blocks.values().any(|b| has_sensitive(&b.block))
}

/// Reads `sensitive_attributes`: paths of `get_attr` and `index` steps.
pub(crate) fn read_paths(json: &RawValue) -> Result<Vec<(Path, Marks)>, StateError> {
    if json.get() == "[]" {
        return Ok(Vec::new());
    }
    let bad = || StateError::Format("`sensitive_attributes` is not a list of paths".into());
    let json: serde_json::Value = serde_json::from_str(json.get()).map_err(|_| bad())?;
    let paths = match &json {
        serde_json::Value::Null => return Ok(Vec::new()),
        json => json.as_array().ok_or_else(bad)?,
    };
    let path = |steps: &serde_json::Value| {
        let steps = steps.as_array()?.iter().map(read_step);
        steps.collect::<Option<Vec<_>>>().map(Path)
    };
    let marked = paths.iter().map(|p| Some((path(p)?, Marks::SENSITIVE)));
    marked.collect::<Option<_>>().ok_or_else(bad)
}

fn read_step(json: &serde_json::Value) -> Option<Step> {
    let value = json.get("value")?;
    match json.get("type")?.as_str()? {
        "get_attr" => Some(Step::Attribute(value.as_str()?.into())),
        "index" => {
            let ty = type_from_json(value.get("type")?).ok()?;
            let key = primitive(value.get("value")?.clone(), &ty).ok()?;
            Some(Step::Index(key))
        }
        _ => None,
    }
}

/// Writes `sensitive_attributes`, compact. A path into a set ends at the set.
pub(crate) fn write_paths(paths: &[(Path, Marks)]) -> String {
    let mut out = String::from("[");
    let sensitive = paths.iter().filter(|(_, m)| m.contains(Marks::SENSITIVE));
    for (i, (path, _)) in sensitive.enumerate() {
        out.push_str(if i > 0 { ",[" } else { "[" });
        for (i, step) in path.0.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            match step {
                Step::Attribute(name) => {
                    out.push_str(comma);
                    out.push_str("{\"type\":\"get_attr\",\"value\":");
                    push_string(&mut out, name);
                    out.push('}');
                }
                Step::Index(key) => {
                    out.push_str(comma);
                    out.push_str("{\"type\":\"index\",\"value\":{\"value\":");
                    out.push_str(&to_json(key).to_string());
                    out.push_str(",\"type\":");
                    out.push_str(&type_to_json(&key.type_of()).to_string());
                    out.push_str("}}");
                }
                Step::Element(_) => break,
            }
        }
        out.push(']');
    }
    out.push(']');
    out
}
