//! `module`

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{
    constant::{boolean, literal},
    content::{Shape, check_labels},
    meta::repetition,
    names::{depends_on, provider_reference},
    raw::{RawCall, RawModule},
    terraform::version,
};
use crate::lang::{
    program::LocalProvider,
    suggest::{BAD_IDENTIFIER, is_identifier},
    syntax::{Block, Body, ExprKind, Ident},
};

const MODULE: Shape = Shape {
    required: &["source"],
    optional: &[],
    blocks: &[],
};

const META: [&str; 7] = [
    "source",
    "version",
    "count",
    "for_each",
    "providers",
    "depends_on",
    "ignore_nested_deprecations",
];

/// Decodes a `module` block.
pub(super) fn decode(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    if !check_labels(block, &["name"], diagnostics) {
        return;
    }
    let Some(label) = block.labels.first() else {
        return;
    };
    if !is_identifier(&label.text) {
        diagnostics
            .push(Diagnostic::error("Invalid module instance name", BAD_IDENTIFIER).at(label.span));
    }
    let body = &block.body;
    MODULE.check_required(body, diagnostics);
    for inner in body.blocks() {
        diagnostics.push(
            Diagnostic::error(
                "Reserved block type name in module block",
                format!("The block type name {:?} is reserved for use by Terraform in a future version.", &*inner.kind.name),
            )
            .at(inner.kind.span),
        );
    }
    let arguments = body
        .attributes()
        .filter(|a| !META.contains(&&*a.name.name))
        .map(|a| (a.name.name.clone(), (a.name.clone(), a.expr.clone())))
        .collect();
    let providers = providers(body, diagnostics);
    let (mut call_version, mut version_expr) = (None, None);
    if let Some(a) = body.attribute("version") {
        if literal(&a.expr).is_some() {
            call_version = version(&a.expr, diagnostics)
                .map(|(constraint, text)| (constraint, text, a.expr.span));
        } else {
            version_expr = Some(a.expr.clone());
        }
    }
    let repetition = repetition(body, diagnostics);
    let depends_on = depends_on(body, diagnostics);
    let Some(source) = body.attribute("source") else {
        return;
    };
    let (source, source_expr) = match literal(&source.expr) {
        Some(source) => (source, None),
        None => (("".into(), source.expr.span), Some(source.expr.clone())),
    };
    let call = RawCall {
        name: Ident {
            name: label.text.clone(),
            span: label.span,
        },
        header: block.header,
        missing_at: body.missing_at,
        source,
        source_expr,
        version: call_version,
        version_expr,
        repetition,
        depends_on,
        providers,
        ignore_nested_deprecations: boolean(body, "ignore_nested_deprecations", diagnostics)
            .unwrap_or(false),
        arguments,
    };
    if let Some(first) = raw.calls.get(&label.text) {
        diagnostics.push(
            Diagnostic::error(
                "Duplicate module call",
                format!("A module call named {:?} was already defined. Module calls must have unique names within a module.", &*label.text),
            )
            .at(block.header)
            .context(first.header, "the first one is here"),
        );
    } else {
        raw.calls.insert(label.text.clone(), call);
    }
}

/// Decodes `providers`: name in the called module, name here.
fn providers(
    body: &Body,
    diagnostics: &mut Diagnostics,
) -> Vec<(LocalProvider, LocalProvider, bastionless_model::base::Span)> {
    let Some(attribute) = body.attribute("providers") else {
        return Vec::new();
    };
    let ExprKind::Object(items) = &attribute.expr.kind else {
        diagnostics.push(
            Diagnostic::error("Invalid expression", "A static map expression is required.")
                .at(attribute.expr.span),
        );
        return Vec::new();
    };
    let mut found: Vec<(LocalProvider, LocalProvider, _)> = Vec::new();
    for item in items {
        let inner = provider_reference(&item.key, "providers", diagnostics);
        let outer = provider_reference(&item.value, "providers", diagnostics);
        let (Some(inner), Some(outer)) = (inner, outer) else {
            continue;
        };
        if found.iter().any(|(i, ..)| *i == inner) {
            diagnostics.push(
                Diagnostic::error(
                    "Duplicate provider address",
                    "A provider configuration was already passed to this name. Each provider configuration can be assigned only once.",
                )
                .at(item.key.span),
            );
        } else {
            found.push((inner, outer, item.value.span));
        }
    }
    found
}
