//! `output`

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{
    constant::{boolean, text},
    content::{Shape, check_labels},
    duplicate::duplicate,
    names::depends_on,
    raw::RawModule,
    rules::rule,
};
use crate::lang::{
    expr,
    program::Output,
    suggest::{BAD_IDENTIFIER, is_identifier},
    syntax::{Block, Ident},
};

const OUTPUT: Shape = Shape {
    required: &["value"],
    optional: &[
        "description",
        "type",
        "sensitive",
        "ephemeral",
        "deprecated",
        "depends_on",
    ],
    blocks: &[("precondition", &[]), ("postcondition", &[])],
};

/// Decodes an `output` block.
pub(super) fn decode(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    if !check_labels(block, &["name"], diagnostics) {
        return;
    }
    let Some(label) = block.labels.first() else {
        return;
    };
    OUTPUT.check(&block.body, diagnostics);
    if !is_identifier(&label.text) {
        diagnostics.push(Diagnostic::error("Invalid output name", BAD_IDENTIFIER).at(label.span));
    }
    let body = &block.body;
    let mut preconditions = Vec::new();
    for inner in body.blocks() {
        match &*inner.kind.name {
            "precondition" => preconditions.extend(rule(inner, diagnostics)),
            "postcondition" => diagnostics.push(
                Diagnostic::error(
                    "Postconditions are not allowed",
                    "Output values can only have preconditions, not postconditions.",
                )
                .at(inner.header),
            ),
            _ => {}
        }
    }
    let constraint = match body.attribute("type").map(|a| expr::constraint(&a.expr)) {
        Some(Err(d)) => {
            diagnostics.push(d);
            None
        }
        Some(Ok(c)) => Some(c),
        None => None,
    };
    let Some(value) = body.attribute("value") else {
        return;
    };
    let output = Output {
        name: Ident {
            name: label.text.clone(),
            span: block.header,
        },
        value: value.expr.clone(),
        constraint,
        sensitive: boolean(body, "sensitive", diagnostics).unwrap_or(false),
        ephemeral: boolean(body, "ephemeral", diagnostics).unwrap_or(false),
        description: text(body, "description", diagnostics),
        deprecated: text(body, "deprecated", diagnostics),
        depends_on: depends_on(body, diagnostics),
        preconditions,
    };
    if let Some(first) = raw.outputs.get(&label.text) {
        diagnostics.push(duplicate(
            "Duplicate output definition",
            "An output",
            "Output",
            &label.text,
            block.header,
            first.name.span,
        ));
    } else {
        raw.outputs.insert(label.text.clone(), output);
    }
}
