//! `check`

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{
    content::{Shape, check_labels},
    raw::RawModule,
    resource,
    rules::rule,
};
use crate::lang::{
    address::Mode,
    program::Check,
    suggest::{BAD_IDENTIFIER, is_identifier},
    syntax::{Block, Ident},
};

const CHECK: Shape = Shape {
    required: &[],
    optional: &[],
    blocks: &[("data", &["type", "name"]), ("assert", &[])],
};

/// Decodes a `check` block.
pub(super) fn decode(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    if !check_labels(block, &["name"], diagnostics) {
        return;
    }
    let Some(label) = block.labels.first() else {
        return;
    };
    if !is_identifier(&label.text) {
        diagnostics
            .push(Diagnostic::error("Invalid check block name", BAD_IDENTIFIER).at(label.span));
    }
    CHECK.check(&block.body, diagnostics);
    let mut check = Check {
        name: Ident {
            name: label.text.clone(),
            span: block.header,
        },
        data: None,
        asserts: Vec::new(),
    };
    let mut first = None;
    let mut asserts = 0;
    for inner in block.body.blocks() {
        match &*inner.kind.name {
            "assert" => {
                asserts += 1;
                check.asserts.extend(rule(inner, diagnostics));
            }
            "data" => {
                if let Some(first) = first {
                    diagnostics.push(
                        Diagnostic::error(
                            "Multiple data resource blocks",
                            "This check block already has a data resource.",
                        )
                        .at(inner.header)
                        .context(first, "the first one is here"),
                    );
                    continue;
                }
                first = Some(inner.header);
                nested(inner, diagnostics);
                check.data =
                    resource::decode(inner, Mode::Data, Some(&label.text), raw, diagnostics);
            }
            _ => {}
        }
    }
    if asserts == 0 {
        diagnostics.push(
            Diagnostic::error(
                "Zero assert blocks",
                "Check blocks must have at least one assert block.",
            )
            .at(block.header),
        );
    }
    if let Some(first) = raw.checks.get(&label.text) {
        diagnostics.push(
            Diagnostic::error(
                format!("Duplicate check {:?} configuration", &*label.text),
                format!("A check block named {:?} was already declared. Check blocks must be unique within each module.", &*label.text),
            )
            .at(block.header)
            .context(first.name.span, "the first declaration is here"),
        );
    } else {
        raw.checks.insert(label.text.clone(), check);
    }
}

/// Reports what a data source inside a `check` block cannot have.
fn nested(block: &Block, diagnostics: &mut Diagnostics) {
    for name in ["count", "for_each"] {
        if let Some(attribute) = block.body.attribute(name) {
            diagnostics.push(
                Diagnostic::error(
                    format!("Invalid {name:?} attribute"),
                    "The \"count\" and \"for_each\" meta-arguments are not supported within nested data blocks.",
                )
                .at(attribute.name.span),
            );
        }
    }
    for lifecycle in block.body.blocks().filter(|b| &*b.kind.name == "lifecycle") {
        diagnostics.push(
            Diagnostic::error(
                "Invalid lifecycle block",
                "Nested data blocks do not support \"lifecycle\" blocks as the lifecycle is managed by the containing block.",
            )
            .at(lifecycle.header),
        );
    }
}
