//! `moved`

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{
    content::{Shape, check_labels},
    names::unquoted,
    raw::{RawModule, RawMoved},
    target::target,
};
use crate::lang::{
    address::Mode,
    program::MoveEnd,
    syntax::{Attribute, Block},
};

const MOVED: Shape = Shape {
    required: &["from", "to"],
    optional: &[],
    blocks: &[],
};

/// Decodes a `moved` block.
pub(super) fn decode(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    check_labels(block, &[], diagnostics);
    MOVED.check(&block.body, diagnostics);
    let from = block
        .body
        .attribute("from")
        .and_then(|a| end(a, block.body.json, diagnostics));
    let to = block
        .body
        .attribute("to")
        .and_then(|a| end(a, block.body.json, diagnostics));
    let (Some(from), Some(to)) = (from, to) else {
        return;
    };
    let fits = match (&from, &to) {
        (MoveEnd::Module { .. }, MoveEnd::Module { .. }) => true,
        (MoveEnd::Resource { resource: a, .. }, MoveEnd::Resource { resource: b, .. }) => {
            if a.mode == Mode::Managed && b.mode == Mode::Managed && a.type_name != b.type_name {
                diagnostics.push(
                    Diagnostic::error(
                        "Unsupported `moved` across resource types",
                        format!("This statement declares a move from {a} to {b}, which is a resource of a different type. No built-in type can take over the objects of another type: use `removed` and `import` blocks."),
                    )
                    .at(block.header),
                );
                return;
            }
            true
        }
        _ => false,
    };
    if fits {
        raw.moved.push(RawMoved {
            from,
            to,
            span: block.header,
        });
    } else {
        diagnostics.push(
            Diagnostic::error(
                "Invalid \"moved\" addresses",
                "The \"from\" and \"to\" addresses must either both refer to resources or both refer to modules.",
            )
            .at(block.header),
        );
    }
}

fn end(attribute: &Attribute, json: bool, diagnostics: &mut Diagnostics) -> Option<MoveEnd> {
    let (root, steps) = unquoted(&attribute.expr, json, diagnostics)?;
    target(&root, &steps, attribute.expr.span, diagnostics)
}
