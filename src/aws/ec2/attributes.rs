//! Building values of a schema's type out of what the service answers.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::{
    schema::{Catalogue, Nesting, Schema, SchemaKind},
    value::{Kind, Number, Type, Value},
};

/// The attributes of an object while they are being collected. What is never set becomes null, or an empty collection
/// where it is a nested block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes(BTreeMap<&'static str, Value>);

impl Attributes {
    /// Sets any value; parts of nested objects that are missing become null later.
    pub(crate) fn value(mut self, name: &'static str, value: Value) -> Self {
        self.0.insert(name, value);
        self
    }

    /// Sets a text; an empty one counts as none.
    pub(crate) fn text(self, name: &'static str, text: Option<&str>) -> Self {
        self.value(name, optional_text(text))
    }

    /// Sets a truth value.
    pub(crate) fn flag(self, name: &'static str, flag: Option<bool>) -> Self {
        self.value(name, flag.map_or(Value::NULL, Value::from))
    }

    /// Sets a number.
    pub(crate) fn number(self, name: &'static str, number: Option<i32>) -> Self {
        self.value(name, optional_number(number))
    }

    /// Sets a list or a set of texts, whichever the schema says.
    pub(crate) fn texts<'a>(
        self,
        name: &'static str,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.value(name, list_of_texts(texts))
    }

    /// Makes an object of what was set.
    pub(crate) fn object(self) -> Value {
        Value::object(self.0)
    }

    /// Makes the value of a resource type.
    pub(crate) fn resource(self, type_name: &str, region: &str) -> Value {
        self.build(SchemaKind::Managed, type_name, region)
    }

    /// Makes the value of a data source type, with the arguments of `config` where nothing was set.
    pub(crate) fn data(self, type_name: &str, region: &str, config: &Value) -> Value {
        let made = self.build(SchemaKind::Data, type_name, region);
        let arguments = config.entries().into_iter().flatten();
        arguments.fold(made, |made, (name, value)| {
            if made.get(name).is_none_or(is_blank) && value.is_wholly_known() && !value.is_null() {
                made.with(name.clone(), value.clone())
            } else {
                made
            }
        })
    }

    fn build(self, kind: SchemaKind, type_name: &str, region: &str) -> Value {
        let Some(schema) = Catalogue::builtin().get(kind, type_name) else {
            return Value::object(self.0);
        };
        let has_region = schema.block.attributes.contains_key("region");
        let mut set = self.0;
        if has_region {
            set.entry("region").or_insert_with(|| Value::from(region));
        }
        let mut made = fit(Value::object(set), &schema.block.implied_type());
        for (name, block) in &schema.block.blocks {
            if made.get(name).is_some_and(Value::is_null) {
                let empty = match (block.nesting, block.implied_type()) {
                    (Nesting::List, Type::List(t)) => Value::list((*t).clone(), Vec::new()),
                    (Nesting::Set, Type::Set(t)) => Value::set((*t).clone(), Vec::new()),
                    (Nesting::Map, Type::Map(t)) => Value::map::<Arc<str>>((*t).clone(), []),
                    _ => continue,
                };
                made = made.with(name.clone(), empty);
            }
        }
        made
    }
}

/// Brings a loosely built value to a type: adds missing object attributes as null, drops others, turns lists into sets.
pub(crate) fn fit(value: Value, ty: &Type) -> Value {
    if value.is_null() {
        return Value::null(ty.clone());
    }
    if value.is_unknown() {
        return Value::unknown(ty.clone());
    }
    match ty {
        Type::Object(attributes) => Value::object(attributes.iter().map(|(name, t)| {
            let part = value.get(name).cloned().unwrap_or(Value::NULL);
            (name.clone(), fit(part, t))
        })),
        Type::List(t) => Value::list((**t).clone(), fit_all(&value, t)),
        Type::Set(t) => Value::set((**t).clone(), fit_all(&value, t)),
        Type::Map(t) => Value::map(
            (**t).clone(),
            value
                .entries()
                .into_iter()
                .flatten()
                .map(|(k, v)| (k.clone(), fit(v.clone(), t))),
        ),
        _ => value,
    }
}

fn fit_all(value: &Value, element: &Type) -> Vec<Value> {
    let elements = value.elements().unwrap_or_default();
    elements.iter().map(|v| fit(v.clone(), element)).collect()
}

/// Makes a text, or null where there is none or it is empty.
pub(crate) fn optional_text(text: Option<&str>) -> Value {
    text.filter(|t| !t.is_empty())
        .map_or(Value::NULL, Value::from)
}

/// Makes a number, or null where there is none.
pub(crate) fn optional_number(number: Option<i32>) -> Value {
    number.map_or(Value::NULL, |n| Value::from(Number::from(i64::from(n))))
}

/// Makes a list of texts.
pub(crate) fn list_of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Value {
    Value::list(Type::String, texts.into_iter().map(Value::from).collect())
}

/// Returns the texts of a list or set; empty where it is missing, null or unknown.
pub(crate) fn texts_of(value: &Value, name: &str) -> Vec<String> {
    let elements = value.get(name).and_then(Value::elements);
    let texts = elements.unwrap_or_default().iter();
    texts
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect()
}

/// Returns the texts of a map; empty where it is missing, null or unknown.
pub(crate) fn text_map(value: &Value, name: &str) -> BTreeMap<String, String> {
    let entries = value.get(name).and_then(Value::entries);
    let entries = entries.into_iter().flatten();
    entries
        .filter_map(|(k, v)| Some((k.to_string(), v.as_str()?.to_owned())))
        .collect()
}

/// Returns a number that fits the service's numbers.
pub(crate) fn number_of(value: &Value, name: &str) -> Option<i32> {
    value.get_i64(name).and_then(|n| i32::try_from(n).ok())
}

/// Returns a text that is neither missing nor empty.
pub(crate) fn text_of<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get_str(name).filter(|t| !t.is_empty())
}

/// Returns the only element of a block that stands at most once.
pub(crate) fn block_of<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name)?.elements()?.first()
}

/// Tells whether two attributes have the same content, null and empty being equal.
pub(crate) fn same(a: &Value, b: &Value, name: &str) -> bool {
    match (a.get(name), b.get(name)) {
        (Some(a), Some(b)) => equal(a, b),
        (a, b) => a.is_none_or(is_blank) && b.is_none_or(is_blank),
    }
}

/// Tells whether an attribute is to be changed: the planned value is known and another than before.
pub(crate) fn changed(prior: &Value, planned: &Value, name: &str) -> bool {
    planned.get(name).is_some_and(Value::is_wholly_known) && !same(prior, planned, name)
}

fn equal(a: &Value, b: &Value) -> bool {
    if is_blank(a) || is_blank(b) {
        return is_blank(a) && is_blank(b);
    }
    match (a.kind(), b.kind()) {
        (Kind::Bool(a), Kind::Bool(b)) => a == b,
        (Kind::Number(a), Kind::Number(b)) => a == b,
        (Kind::String(a), Kind::String(b)) => a == b,
        _ => match (a.entries(), b.entries(), a.elements(), b.elements()) {
            (Some(a), Some(b), _, _) => {
                a.keys()
                    .chain(b.keys())
                    .all(|k| match (a.get(k), b.get(k)) {
                        (Some(a), Some(b)) => equal(a, b),
                        (one, other) => one.or(other).is_none_or(is_blank),
                    })
            }
            (_, _, Some(a), Some(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
            }
            _ => false,
        },
    }
}

fn is_blank(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => true,
        Kind::String(s) => s.is_empty(),
        Kind::List(..) | Kind::Set(..) | Kind::Map(..) => value.children().next().is_none(),
        _ => false,
    }
}

/// Returns the value with everything unknown made null: what may be stored before the object is complete.
pub(crate) fn known(planned: &Value) -> Value {
    planned.clone().transform(&mut |v| match v.kind() {
        Kind::Unknown(t, _) => Value::null(t.clone()).with_marks(v.marks()),
        _ => v,
    })
}

/// Takes over from `asked` what the service does not tell: `unread` arguments and timeouts.
pub(crate) fn keep_unread(made: Value, asked: &Value, type_name: &str) -> Value {
    let Some(schema) = Catalogue::builtin().managed(type_name) else {
        return made;
    };
    unread_names(&schema).fold(made, |made, name| match asked.get(&name) {
        Some(v) if v.is_wholly_known() && made.get(&name).is_none_or(is_blank) => {
            let v = v.clone();
            made.with(name, v)
        }
        _ => made,
    })
}

/// Puts in what the service tells of blocks that the configuration leaves out, where their absence is no change.
pub(crate) fn with_told_blocks(made: Value, live: &Value, type_name: &str) -> Value {
    let Some(schema) = Catalogue::builtin().managed(type_name) else {
        return made;
    };
    let blocks = schema.block.blocks.iter();
    let left_out = blocks.filter(|(_, b)| b.keep_when_absent);
    left_out.fold(made, |made, (name, _)| match live.get(name) {
        Some(told) if made.get(name).is_none_or(is_blank) => made.with(name.clone(), told.clone()),
        _ => made,
    })
}

fn unread_names(schema: &Schema) -> impl Iterator<Item = Arc<str>> {
    let attributes = schema.block.attributes.iter();
    let blocks = schema.block.blocks.iter();
    let blocks = blocks.filter(|(name, b)| b.unread || name.as_ref() == "timeouts");
    attributes
        .filter(|(_, a)| a.unread)
        .map(|(name, _)| name.clone())
        .chain(blocks.map(|(name, _)| name.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_set_is_null_and_blocks_are_empty() {
        let v = Attributes::default()
            .text("id", Some("vpce-1"))
            .text("policy", Some(""))
            .texts("subnet_ids", ["b", "a"])
            .resource("aws_vpc_endpoint", "eu-west-1");
        assert_eq!(v.get_str("id"), Some("vpce-1"));
        assert_eq!(v.get_str("region"), Some("eu-west-1"));
        assert!(v.get("policy").is_some_and(Value::is_null));
        assert!(matches!(v.get("subnet_ids").unwrap().kind(), Kind::Set(..)));
        assert_eq!(v.get("dns_options").unwrap().elements().unwrap().len(), 0);
    }

    #[test]
    fn unset_and_empty_are_the_same() {
        let a = Value::object([("x", Value::NULL), ("y", Value::from("1"))]);
        let b = Value::object([("x", Value::from("")), ("y", Value::from("2"))]);
        assert!(!changed(&a, &b, "x"));
        assert!(changed(&a, &b, "y"));
        assert!(!changed(
            &a,
            &b.with("y", Value::unknown(Type::String)),
            "y"
        ));
    }
}
