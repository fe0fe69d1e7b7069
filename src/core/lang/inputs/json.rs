//! JSON objects with the places of their values.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, SourceId, Span},
    value::{Value, from_json},
};
use serde_json::{Value as Json, value::RawValue};

/// An entry of an object: name, value, place of the value.
type Entry = (Arc<str>, Value, Span);

/// Reads a text that is one object.
pub(super) fn object(id: SourceId, text: &str) -> Result<Vec<Entry>, Box<Diagnostic>> {
    let entries: std::collections::BTreeMap<String, &RawValue> =
        serde_json::from_str(text).map_err(|e| Box::new(problem(id, text, &e)))?;
    let whole: &RawValue =
        serde_json::from_str(text).map_err(|e| Box::new(problem(id, text, &e)))?;
    repeated(id, text, whole, true)?;
    let mut found = Vec::with_capacity(entries.len());
    for (name, raw) in entries {
        let span = place(id, text, raw.get());
        let json: Json = serde_json::from_str(raw.get())
            .map_err(|e| Box::new(Diagnostic::error("Invalid JSON", e.to_string()).at(span)))?;
        found.push((name.into(), from_json(&json), span));
    }
    Ok(found)
}

/// The properties of an object in their order, the same name twice included.
struct Properties<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Properties<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> serde::de::Visitor<'de> for All {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(all)
            }
        }
        from.deserialize_map(All).map(Self)
    }
}

/// Refuses an object with two properties of one name, at any depth.
fn repeated(id: SourceId, text: &str, raw: &RawValue, top: bool) -> Result<(), Box<Diagnostic>> {
    let wrong = |e: serde_json::Error| Box::new(problem(id, text, &e));
    match raw.get().as_bytes().first() {
        Some(b'{') => {
            let Properties(all) = serde_json::from_str(raw.get()).map_err(wrong)?;
            let mut seen = std::collections::BTreeSet::new();
            for (name, value) in &all {
                if !seen.insert(name) {
                    let (summary, detail) = if top {
                        (
                            "Duplicate attribute definition",
                            format!("The argument {name:?} was already set in this file."),
                        )
                    } else {
                        (
                            "Duplicate object attribute",
                            format!(
                                "An attribute named {name:?} was already defined in this object."
                            ),
                        )
                    };
                    let at = place(id, text, value.get());
                    return Err(Box::new(Diagnostic::error(summary, detail).at(at)));
                }
                repeated(id, text, value, false)?;
            }
            Ok(())
        }
        Some(b'[') => {
            let all: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(wrong)?;
            all.into_iter()
                .try_for_each(|value| repeated(id, text, value, false))
        }
        _ => Ok(()),
    }
}

/// Finds a part of a text by its address: the part borrows from the text.
fn place(id: SourceId, text: &str, part: &str) -> Span {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    Span::new(id, start, start + part.len())
}

fn problem(id: SourceId, text: &str, error: &serde_json::Error) -> Diagnostic {
    let before = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    let at = (before + error.column().saturating_sub(1)).min(text.len());
    let summary = if error.is_data() {
        "Root value must be object"
    } else {
        "Invalid JSON"
    };
    Diagnostic::error(
        summary,
        format!("The file must hold one JSON object whose keys are names of variables: {error}."),
    )
    .at(character(id, text, at))
}

/// Returns the place of the character that a byte belongs to.
fn character(id: SourceId, text: &str, at: usize) -> Span {
    let start = text.floor_char_boundary(at);
    let length = text
        .get(start..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8);
    Span::new(id, start, start + length)
}
