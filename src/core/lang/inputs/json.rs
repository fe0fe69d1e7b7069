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
    let mut found = Vec::with_capacity(entries.len());
    for (name, raw) in entries {
        let span = place(id, text, raw.get());
        let json: Json = serde_json::from_str(raw.get())
            .map_err(|e| Box::new(Diagnostic::error("Invalid JSON", e.to_string()).at(span)))?;
        found.push((name.into(), from_json(&json), span));
    }
    Ok(found)
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
    .at(Span::new(id, at, (at + 1).min(text.len())))
}
