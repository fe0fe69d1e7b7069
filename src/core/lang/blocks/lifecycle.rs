//! `lifecycle` of resources and data sources.

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{
    constant::{boolean, keyword, list, literal},
    content::{Shape, check_labels},
    names::not_static,
    refused::refused,
    rules::rule,
};
use crate::lang::{
    address::{Mode, Resource},
    expr::references,
    program::{CheckRule, IgnoreChanges, Lifecycle, Subject},
    syntax::{Attribute, Block, Body, Expr, ExprKind, TraversalStep},
};

const LIFECYCLE: Shape = Shape {
    required: &[],
    optional: &[
        "create_before_destroy",
        "prevent_destroy",
        "ignore_changes",
        "replace_triggered_by",
    ],
    blocks: &[
        ("precondition", &[]),
        ("postcondition", &[]),
        ("action_trigger", &[]),
    ],
};

/// Decodes the `lifecycle` block of a resource.
pub(super) fn decode(body: &Body, resource: &Resource, diagnostics: &mut Diagnostics) -> Lifecycle {
    let mut blocks = body.blocks().filter(|b| &*b.kind.name == "lifecycle");
    let Some(block) = blocks.next() else {
        return Lifecycle::default();
    };
    for extra in blocks {
        diagnostics.push(
            Diagnostic::error(
                "Duplicate lifecycle block",
                "This resource already has a lifecycle block.",
            )
            .at(extra.header)
            .context(block.header, "the first one is here"),
        );
    }
    check_labels(block, &[], diagnostics);
    LIFECYCLE.check(&block.body, diagnostics);
    let mut lifecycle = Lifecycle::default();
    for inner in block.body.blocks() {
        match &*inner.kind.name {
            "precondition" => {
                lifecycle
                    .preconditions
                    .extend(of_others(inner, resource, diagnostics))
            }
            "postcondition" => {
                lifecycle
                    .postconditions
                    .extend(of_others(inner, resource, diagnostics))
            }
            _ => diagnostics.0.extend(refused(inner)),
        }
    }
    match resource.mode {
        Mode::Managed => arguments(block, &mut lifecycle, diagnostics),
        Mode::Data => {
            let known = |a: &&Attribute| LIFECYCLE.optional.contains(&&*a.name.name);
            for attribute in block.body.attributes().filter(known) {
                diagnostics.push(
                    Diagnostic::error(
                        "Invalid data resource lifecycle argument",
                        format!("The lifecycle argument {:?} is defined only for managed resources (\"resource\" blocks), and is not valid for data resources.", &*attribute.name.name),
                    )
                    .at(attribute.name.span),
                );
            }
        }
    }
    lifecycle
}

/// Decodes a condition, which may not name the resource that it belongs to; a postcondition has `self` for that.
fn of_others(
    block: &Block,
    resource: &Resource,
    diagnostics: &mut Diagnostics,
) -> Option<CheckRule> {
    let rule = rule(block, diagnostics)?;
    for expr in [&rule.condition, &rule.error_message] {
        let itself = |s: &Subject| matches!(s, Subject::Resource(r) if r == resource);
        if references(expr).0.iter().any(|r| itself(&r.subject)) {
            diagnostics.push(
                Diagnostic::error(
                    format!("Invalid reference in {}", block.kind.name),
                    format!("Configuration for {resource} may not refer to itself."),
                )
                .at(expr.span),
            );
        }
    }
    Some(rule)
}

fn arguments(block: &Block, lifecycle: &mut Lifecycle, diagnostics: &mut Diagnostics) {
    let body = &block.body;
    lifecycle.create_before_destroy = boolean(body, "create_before_destroy", diagnostics);
    if let Some(attribute) = body.attribute("prevent_destroy") {
        lifecycle.prevent_destroy =
            boolean(body, "prevent_destroy", diagnostics).map(|b| (b, attribute.span));
    }
    if let Some(attribute) = body.attribute("ignore_changes") {
        lifecycle.ignore_changes = ignore_changes(attribute, diagnostics);
    }
    if let Some(attribute) = body.attribute("replace_triggered_by") {
        lifecycle.replace_triggered_by = list(attribute, diagnostics)
            .iter()
            .filter(|e| is_trigger(e, diagnostics))
            .cloned()
            .collect();
    }
}

fn ignore_changes(attribute: &Attribute, diagnostics: &mut Diagnostics) -> IgnoreChanges {
    if keyword(&attribute.expr).is_some_and(|k| &*k.name == "all") {
        return IgnoreChanges::All;
    }
    let mut paths = Vec::new();
    for item in list(attribute, diagnostics) {
        if literal(item).is_some_and(|(text, _)| &*text == "*") {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid ignore_changes wildcard",
                    "The [\"*\"] form of ignore_changes wildcard was deprecated and is now invalid. Use \"ignore_changes = all\" to ignore changes to all attributes.",
                )
                .at(item.span),
            );
        } else {
            match path(item) {
                Some(path) => paths.push(path),
                None => diagnostics.push(not_static(item.span)),
            }
        }
    }
    IgnoreChanges::Paths(paths)
}

/// Returns an attribute path; quotes are taken too, as Terraform 0.11 wrote them.
fn path(expr: &Expr) -> Option<Vec<TraversalStep>> {
    match &expr.kind {
        ExprKind::Traversal { root, steps } => {
            let first = TraversalStep::Attribute(root.clone());
            Some(
                std::iter::once(first)
                    .chain(steps.iter().cloned())
                    .collect(),
            )
        }
        _ => {
            let (text, span) = literal(expr)?;
            super::names::quoted(&text, span).map(|(root, steps)| {
                let first = TraversalStep::Attribute(root);
                std::iter::once(first).chain(steps).collect()
            })
        }
    }
}

/// Reports what cannot trigger a replacement.
fn is_trigger(expr: &Expr, diagnostics: &mut Diagnostics) -> bool {
    if matches!(expr.kind, ExprKind::Splat { .. }) {
        diagnostics.push(
            Diagnostic::error(
                "Invalid replace_triggered_by expression",
                "Unexpected expression found in replace_triggered_by.",
            )
            .at(expr.span),
        );
        return false;
    }
    let (named, invalid) = references(expr);
    let mut resources = 0;
    let mut fine = true;
    for (object, attribute) in [("each", "key"), ("count", "index")] {
        let summary = format!("Invalid {object:?} attribute");
        if invalid.iter().any(|d| d.summary == summary) {
            diagnostics.push(
                Diagnostic::error(
                    format!("Invalid {object} reference in replace_triggered_by expression"),
                    format!("Only {object}.{attribute} may be used in replace_triggered_by."),
                )
                .at(expr.span),
            );
            return false;
        }
    }
    for r in &named {
        match &r.subject {
            Subject::Resource(resource) if resource.mode == Mode::Managed => resources += 1,
            Subject::CountIndex | Subject::EachKey => {}
            _ => {
                fine = false;
                diagnostics.push(
                    Diagnostic::error(
                        "Invalid reference in replace_triggered_by expression",
                        "Only resources, count.index, and each.key may be used in replace_triggered_by.",
                    )
                    .at(expr.span),
                );
            }
        }
    }
    if fine && resources != 1 {
        fine = false;
        diagnostics.push(
            Diagnostic::error(
                "Invalid replace_triggered_by expression",
                if resources == 0 {
                    "Missing resource reference in replace_triggered_by expression."
                } else {
                    "Multiple resource references in replace_triggered_by expression."
                },
            )
            .at(expr.span),
        );
    }
    fine
}
