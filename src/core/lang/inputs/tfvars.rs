//! Files of variable values.

use std::sync::Arc;

use bastionless_model::base::{Diagnostic, Diagnostics, Outcome, SourceId};

use super::{Origin, RawInput, RawValue, json};
use crate::lang::{
    expr,
    syntax::{Item, parse},
};

/// Reads a `.tfvars` file: names with constant values.
pub fn from_tfvars(id: SourceId, name: &str, text: &str) -> Outcome<Vec<RawInput>> {
    let parsed = parse(id, text);
    let mut diagnostics = parsed.diagnostics;
    let file: Arc<str> = name.into();
    let mut value = Vec::new();
    for item in &parsed.value.body.items {
        let attribute = match item {
            Item::Attribute(a) => a,
            Item::Block(b) if &*b.kind.name == "variable" => {
                diagnostics.push(
                    Diagnostic::error(
                        "Variable declaration in .tfvars file",
                        "A .tfvars file is used to assign values to variables that have already been declared in .tf files, not to declare new variables. Declare the variable in a .tf file, and set its value here with `name = value`.",
                    )
                    .at(b.kind.span),
                );
                continue;
            }
            Item::Block(b) => {
                diagnostics.push(
                    Diagnostic::error(
                        format!("Unexpected {:?} block", &*b.kind.name),
                        "Blocks are not allowed here.",
                    )
                    .at(b.kind.span),
                );
                continue;
            }
        };
        match expr::constant(&attribute.expr) {
            Ok(v) => value.push(RawInput {
                name: attribute.name.name.clone(),
                value: RawValue::Value(v, attribute.expr.span),
                origin: Origin::File(file.clone()),
            }),
            Err(d) => diagnostics.extend(d),
        }
    }
    Outcome { value, diagnostics }
}

/// Reads a `.tfvars.json` file: one object.
pub fn from_json(id: SourceId, name: &str, text: &str) -> Outcome<Vec<RawInput>> {
    let mut diagnostics = Diagnostics::default();
    let file: Arc<str> = name.into();
    let value = match json::object(id, text) {
        Ok(entries) => entries
            .into_iter()
            .map(|(name, value, span)| RawInput {
                name,
                value: RawValue::Value(value, span),
                origin: Origin::File(file.clone()),
            })
            .collect(),
        Err(d) => {
            diagnostics.push(*d);
            Vec::new()
        }
    };
    Outcome { value, diagnostics }
}
