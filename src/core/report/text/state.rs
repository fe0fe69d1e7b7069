//! Stored objects and outputs for people.

use std::fmt::Write as _;

use bastionless_model::{
    schema::{Block, Catalogue},
    value::{Kind, Value, to_json},
};

use super::{Style, paint::Paint, value::value_text};
use crate::{
    lang::address::{AbsInstance, Mode, quote},
    report::state_json::schema_of,
    state::{Object, OutputState, Snapshot, Status, sensitive_paths},
};

/// Writes one object of the state as a block; `None` where there is none.
pub fn object_text(
    snapshot: &Snapshot,
    address: &AbsInstance,
    catalogue: &Catalogue,
    style: Style,
) -> Option<String> {
    let instance = snapshot.instance(address)?;
    let mut out = String::new();
    if let Some(object) = &instance.current {
        write(&mut out, address, object, None, catalogue, style);
    }
    for (key, object) in &instance.deposed {
        write(&mut out, address, object, Some(key), catalogue, style);
    }
    Some(out)
}

/// Writes a whole state: objects, then outputs.
pub fn state_text(snapshot: &Snapshot, catalogue: &Catalogue, style: Style) -> String {
    let objects: Vec<String> = snapshot
        .instances()
        .filter_map(|(a, ..)| object_text(snapshot, &a, catalogue, style))
        .collect();
    let mut out = objects.join("\n");
    if objects.is_empty() && snapshot.outputs.is_empty() {
        return "The state file is empty. No resources are represented.\n".into();
    }
    if !snapshot.outputs.is_empty() {
        out.push_str("\nOutputs:\n\n");
        for (name, output) in &snapshot.outputs {
            let _ = writeln!(out, "{name} = {}", output_text(output));
        }
    }
    out
}

/// Writes the value of an output as an expression of the language; what is sensitive is not shown.
pub fn output_text(output: &OutputState) -> String {
    if output.sensitive {
        "<sensitive>".into()
    } else {
        value_text(&output.value)
    }
}

fn write(
    out: &mut String,
    address: &AbsInstance,
    object: &Object,
    deposed: Option<&str>,
    catalogue: &Catalogue,
    style: Style,
) {
    let paint = Paint { color: style.color };
    let resource = &address.resource.resource;
    let what = match (deposed, object.status) {
        (Some(key), _) => format!(" (deposed object {key})"),
        (None, Status::Tainted) => " (tainted)".into(),
        (None, Status::Ready) => String::new(),
    };
    let _ = writeln!(out, "{}", paint.bold(&format!("# {address}:{what}")));
    let kind = if resource.mode == Mode::Data {
        "data"
    } else {
        "resource"
    };
    let _ = writeln!(
        out,
        "{kind} \"{}\" \"{}\" {{",
        resource.type_name, resource.name
    );
    let schema = schema_of(catalogue, resource);
    match schema.as_deref().map(|s| (s, object.decode(s))) {
        Some((schema, Ok(value))) => {
            let paths = sensitive_paths(&value, schema);
            let value = value
                .mark_with_paths(&paths)
                .mark_with_paths(&object.sensitive);
            body(out, &schema.block, &value, 4);
        }
        _ => out.push_str("    # this version does not know the type\n"),
    }
    out.push_str("}\n");
}

/// Writes the attributes that are set, then the nested blocks.
fn body(out: &mut String, schema: &Block, value: &Value, indent: usize) {
    let pad = " ".repeat(indent);
    let entries = || {
        value
            .entries()
            .into_iter()
            .flatten()
            .filter(|(_, v)| !v.is_null())
    };
    let attributes: Vec<_> = entries()
        .filter(|(k, _)| !schema.blocks.contains_key(*k))
        .collect();
    let width = attributes
        .iter()
        .map(|(k, _)| k.chars().count())
        .max()
        .unwrap_or(0);
    for (name, v) in attributes {
        let _ = write!(out, "{pad}{name:width$} = ");
        if v.has_marks() {
            out.push_str("(sensitive value)");
        } else {
            expression(out, v, indent);
        }
        out.push('\n');
    }
    for (name, v) in entries() {
        let Some(nested) = schema.blocks.get(name) else {
            continue;
        };
        for inner in v.elements().map_or_else(|| vec![v], |l| l.iter().collect()) {
            let _ = writeln!(out, "\n{pad}{name} {{");
            body(out, &nested.block, inner, indent + 4);
            let _ = writeln!(out, "{pad}}}");
        }
    }
}

fn expression(out: &mut String, value: &Value, indent: usize) {
    let pad = " ".repeat(indent + 2);
    let end = " ".repeat(indent);
    let collection = |out: &mut String, open: &str, close: &str, items: Vec<String>| {
        if items.is_empty() {
            let _ = write!(out, "{open}{close}");
            return;
        }
        let _ = writeln!(out, "{open}");
        for item in items {
            let _ = writeln!(out, "{pad}{item}");
        }
        let _ = write!(out, "{end}{close}");
    };
    let nested = |v: &Value| {
        let mut text = String::new();
        expression(&mut text, v, indent + 2);
        text
    };
    match value.kind() {
        Kind::String(s) if s.contains('\n') => {
            let _ = write!(
                out,
                "<<-EOT\n{pad}{}\n{end}EOT",
                s.trim_end_matches('\n').replace('\n', &format!("\n{pad}"))
            );
        }
        Kind::String(s) => out.push_str(&quote(s)),
        Kind::List(_, l) => {
            let items = l.iter().map(|v| format!("{},", nested(v))).collect();
            let open = "tolist([";
            collection(out, open, "])", items);
        }
        Kind::Set(_, l) => collection(
            out,
            "toset([",
            "])",
            l.iter().map(|v| format!("{},", nested(v))).collect(),
        ),
        Kind::Tuple(l) => collection(
            out,
            "[",
            "]",
            l.iter().map(|v| format!("{},", nested(v))).collect(),
        ),
        Kind::Map(_, m) => {
            let items = m
                .iter()
                .map(|(k, v)| format!("{} = {}", quote(k), nested(v)))
                .collect();
            collection(out, "tomap({", "})", items);
        }
        Kind::Object(m) => {
            let items = m
                .iter()
                .map(|(k, v)| format!("{} = {}", quote(k), nested(v)))
                .collect();
            collection(out, "{", "}", items);
        }
        _ => {
            let _ = write!(out, "{}", to_json(value));
        }
    }
}
