//! Help for tests: objects from JSON in which only what matters is written.

use std::{fmt::Write, sync::Arc};

use super::{Planned, Settings, content_equal, plan_resource};
use crate::{
    schema::{Block, Catalogue, Nesting, Schema},
    value::{Kind, Type, Value, from_json_as, to_json},
};

pub(super) fn schema(name: &str) -> Arc<Schema> {
    Catalogue::builtin().managed(name).unwrap()
}

/// Reads an object of a type; what is not written is null or, for blocks, empty; `"?"` is unknown.
pub(super) fn object(schema: &Schema, json: &str) -> Value {
    let json = serde_json::from_str(json).unwrap();
    complete(
        &schema.block,
        from_json_as(&json, &schema.block.implied_type()).unwrap(),
    )
}

fn complete(block: &Block, value: Value) -> Value {
    let value = block
        .attributes
        .iter()
        .fold(value, |v, (name, a)| match v.get_str(name) {
            Some("?") => v.with(name.clone(), Value::unknown(a.ty.clone())),
            _ => v,
        });
    block.blocks.iter().fold(value, |v, (name, n)| {
        let ty = n.block.implied_type();
        let inner = |l: &[Value]| l.iter().map(|e| complete(&n.block, e.clone())).collect();
        let elements = v.get(name).and_then(Value::elements).unwrap_or_default();
        let filled = match n.nesting {
            Nesting::List => Value::list(ty, inner(elements)),
            Nesting::Set => Value::set(ty, inner(elements)),
            _ => return v,
        };
        v.with(name.clone(), filled)
    })
}

pub(super) fn settings() -> Settings {
    Settings {
        region: Some("eu-west-1".into()),
        ..Settings::default()
    }
}

pub(super) fn show(v: &Value) -> String {
    if v.is_unknown() {
        "(known after apply)".into()
    } else {
        to_json(v).to_string()
    }
}

/// Lists the attributes that differ, one a line.
pub(super) fn changes(from: &Value, to: &Value) -> String {
    let mut out = String::new();
    for (name, new) in to.entries().unwrap() {
        let old = from.get(name).unwrap();
        if !content_equal(old, new) {
            writeln!(out, "{name}: {} -> {}", show(old), show(new)).unwrap();
        }
    }
    out
}

/// Plans a change and lists what changes, what replaces and what is refused.
pub(super) fn change_with(settings: &Settings, name: &str, prior: &str, config: &str) -> String {
    let schema = schema(name);
    let prior = object(&schema, prior);
    let planned = plan_resource(&schema, settings, Some(&prior), &object(&schema, config));
    describe(&prior, &planned)
}

fn describe(prior: &Value, planned: &Planned) -> String {
    let mut out = changes(prior, &planned.value);
    for path in &planned.requires_replace {
        writeln!(out, "replaces by {path}").unwrap();
    }
    for problem in &planned.problems {
        writeln!(out, "refused: {}", problem.summary).unwrap();
    }
    out
}

pub(super) fn change(name: &str, prior: &str, config: &str) -> String {
    change_with(&settings(), name, prior, config)
}

/// Plans a new object and lists what is known of it, then the names of what is not.
pub(super) fn create(name: &str, config: &str) -> String {
    let schema = schema(name);
    let planned = plan_resource(&schema, &settings(), None, &object(&schema, config));
    let mut out = String::new();
    let mut unknown = Vec::new();
    for (name, v) in planned.value.entries().unwrap() {
        match v.kind() {
            Kind::Unknown(..) => unknown.push(&**name),
            Kind::Null(_) => {}
            Kind::List(_, l) | Kind::Set(_, l) if l.is_empty() => {}
            _ => writeln!(out, "{name}: {}", show(v)).unwrap(),
        }
    }
    writeln!(out, "unknown: {}", unknown.join(" ")).unwrap();
    out
}

pub(super) fn null_of(ty: &Type) -> Value {
    Value::null(ty.clone())
}
