//! `locals`

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{content::check_labels, duplicate::duplicate, raw::RawModule};
use crate::lang::{
    program::Local,
    suggest::{BAD_IDENTIFIER, is_identifier},
    syntax::{Block, Item},
};

/// Decodes a `locals` block.
pub(super) fn decode(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    if !check_labels(block, &[], diagnostics) {
        return;
    }
    for item in &block.body.items {
        let attribute = match item {
            Item::Attribute(a) => a,
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
        let name = &attribute.name.name;
        if !is_identifier(name) {
            diagnostics.push(
                Diagnostic::error("Invalid local value name", BAD_IDENTIFIER)
                    .at(attribute.name.span),
            );
        }
        if let Some(first) = raw.locals.get(name) {
            diagnostics.push(duplicate(
                "Duplicate local value definition",
                "A local value",
                "Local value",
                name,
                attribute.span,
                first.name.span.to(first.expr.span),
            ));
        } else {
            raw.locals.insert(
                name.clone(),
                Local {
                    name: attribute.name.clone(),
                    expr: attribute.expr.clone(),
                },
            );
        }
    }
}
