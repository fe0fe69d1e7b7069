//! `removed`

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{
    constant::boolean,
    content::{Shape, check_labels},
    names::{step_span, unquoted},
    raw::{RawModule, RawRemoved},
    refused::refused,
    target::target,
};
use crate::lang::{
    address::{Key, Mode},
    program::MoveEnd,
    syntax::{Attribute, Block, TraversalStep},
};

const REMOVED: Shape = Shape {
    required: &["from"],
    optional: &[],
    blocks: &[
        ("lifecycle", &[]),
        ("connection", &[]),
        ("provisioner", &["type"]),
    ],
};

const LIFECYCLE: Shape = Shape {
    required: &[],
    optional: &["destroy"],
    blocks: &[],
};

/// Decodes a `removed` block.
pub(super) fn decode(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    check_labels(block, &[], diagnostics);
    REMOVED.check(&block.body, diagnostics);
    let mut destroy = None;
    for inner in block.body.blocks() {
        if &*inner.kind.name != "lifecycle" {
            diagnostics.0.extend(refused(inner));
            continue;
        }
        // Of several the last one counts, as in Terraform.
        LIFECYCLE.check(&inner.body, diagnostics);
        destroy = boolean(&inner.body, "destroy", diagnostics).or(destroy);
    }
    let from = block
        .body
        .attribute("from")
        .and_then(|a| from(a, block.body.json, diagnostics));
    if let Some(from) = from {
        raw.removed.push(RawRemoved {
            from,
            destroy: destroy.unwrap_or(true),
            span: block.header,
        });
    }
}

fn from(attribute: &Attribute, json: bool, diagnostics: &mut Diagnostics) -> Option<MoveEnd> {
    let (root, steps) = unquoted(&attribute.expr, json, diagnostics)?;
    let end = target(&root, &steps, attribute.expr.span, diagnostics)?;
    let key = steps.iter().find(|s| matches!(s, TraversalStep::Index(..)));
    let keyed = |steps: &[(_, Option<Key>)]| steps.iter().any(|(_, k)| k.is_some());
    let problem = match &end {
        MoveEnd::Module { steps } if keyed(steps) => Diagnostic::error(
            "Module instance keys not allowed",
            "Module address must be a module (e.g. \"module.foo\"), not a module instance (e.g. \"module.foo[1]\").",
        ),
        MoveEnd::Resource { steps, .. } if keyed(steps) => Diagnostic::error(
            "Module instance keys not allowed",
            "Module address must be a module (e.g. \"module.foo\"), not a module instance (e.g. \"module.foo[1]\").",
        ),
        MoveEnd::Resource { key: Some(_), .. } => Diagnostic::error(
            "Resource instance keys not allowed",
            "Resource address must be a resource (e.g. \"test_instance.foo\"), not a resource instance (e.g. \"test_instance.foo[1]\").",
        ),
        MoveEnd::Resource { resource, .. } if resource.mode == Mode::Data => {
            diagnostics.push(
                Diagnostic::error(
                    "Data source address not allowed",
                    "Data sources are never destroyed, so they are not valid targets of removed blocks. To remove the data source from state, remove the data source block from configuration.",
                )
                .at(attribute.expr.span),
            );
            return None;
        }
        _ => return Some(end),
    };
    diagnostics.push(problem.at(key.map_or(attribute.expr.span, step_span)));
    None
}
