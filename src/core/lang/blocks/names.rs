//! Names that stand for objects without evaluation: `depends_on`, providers, addresses.

use bastionless_model::base::{Diagnostic, Diagnostics, Span};

use super::{
    constant::{list, literal},
    provider_name::check_local,
};
use crate::lang::{
    expr::reference,
    program::{LocalProvider, Reference, Subject},
    suggest::is_identifier,
    syntax::{Body, Expr, ExprKind, Ident, TraversalStep},
};

/// Where a step stands, its dot included.
pub(super) fn step_span(step: &TraversalStep) -> Span {
    match step {
        TraversalStep::Attribute(id) => id.span,
        TraversalStep::Index(_, span) => *span,
    }
}

/// The error for an expression that is no plain name.
pub(super) fn not_static(span: Span) -> Diagnostic {
    Diagnostic::error(
        "Invalid expression",
        "A single static variable reference is required: only attribute access and indexing with constant keys. No calculations, function calls, template expressions, etc are allowed here.",
    )
    .at(span)
}

/// Returns a plain name: root and steps. A name in quotes is taken too, with a warning, as Terraform 0.11 wrote it.
pub(super) fn traversal(
    expr: &Expr,
    diagnostics: &mut Diagnostics,
) -> Option<(Ident, Vec<TraversalStep>)> {
    if let ExprKind::Traversal { root, steps } = &expr.kind {
        return Some((root.clone(), steps.clone()));
    }
    let quoted = literal(expr).and_then(|(text, span)| quoted(&text, span));
    if quoted.is_some() {
        diagnostics.push(
            Diagnostic::warning(
                "Quoted references are deprecated",
                "In this context, references are expected literally rather than in quotes. Remove the quotes surrounding this reference to silence this warning.",
            )
            .at(expr.span),
        );
    } else {
        diagnostics.push(not_static(expr.span));
    }
    quoted
}

/// Returns a plain name where quotes are not taken; in JSON everything stands in quotes.
pub(super) fn unquoted(
    expr: &Expr,
    json: bool,
    diagnostics: &mut Diagnostics,
) -> Option<(Ident, Vec<TraversalStep>)> {
    if !json && !matches!(expr.kind, ExprKind::Traversal { .. }) {
        diagnostics.push(not_static(expr.span));
        return None;
    }
    traversal(expr, diagnostics)
}

pub(super) fn quoted(text: &str, span: Span) -> Option<(Ident, Vec<TraversalStep>)> {
    let ident = |name: &str| {
        is_identifier(name).then(|| Ident {
            name: name.into(),
            span,
        })
    };
    let mut parts = text.split('.');
    let root = ident(parts.next()?)?;
    let steps = parts.map(|p| Some(TraversalStep::Attribute(ident(p)?)));
    Some((root, steps.collect::<Option<Vec<_>>>()?))
}

/// Decodes `depends_on`.
pub(super) fn depends_on(body: &Body, diagnostics: &mut Diagnostics) -> Vec<Reference> {
    let Some(attribute) = body.attribute("depends_on") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in list(attribute, diagnostics) {
        let Some((root, steps)) = traversal(item, diagnostics) else {
            continue;
        };
        let Some(reference) = diagnostics.ok(reference(&root, &steps)) else {
            continue;
        };
        let whole = !matches!(
            reference.subject,
            Subject::CountIndex | Subject::EachKey | Subject::EachValue | Subject::SelfObject
        );
        let keys = keys_of_instance(&reference);
        match reference.rest.get(keys..).unwrap_or_default().first() {
            Some(step) if whole => diagnostics.push(
                Diagnostic::error(
                    "Invalid depends_on reference",
                    "References in depends_on must be to a whole object (resource, etc), not to an attribute of an object.",
                )
                .at(step_span(step)),
            ),
            _ if !whole => diagnostics.push(
                Diagnostic::error(
                    "Invalid depends_on reference",
                    "This name stands for no object that could be waited for. Name a resource, a data source or a module.",
                )
                .at(item.span),
            ),
            _ => found.push(reference),
        }
    }
    found
}

/// Returns how many steps after the subject select one of its instances: `a.b[0]`, `module.m[0].out`. (That of `module.m[0]` is none.)
fn keys_of_instance(reference: &Reference) -> usize {
    let has_instances = matches!(
        reference.subject,
        Subject::Resource(_) | Subject::Module(_) | Subject::ModuleOutput(..)
    );
    let is_key = matches!(reference.rest.first(), Some(TraversalStep::Index(..)));
    let is_unkeyed = reference.is_unkeyed_output();
    usize::from(has_instances && is_key && !is_unkeyed)
}

/// Decodes a provider configuration's name, such as `aws` or `aws.west`.
pub(super) fn provider_reference(
    expr: &Expr,
    argument: &str,
    diagnostics: &mut Diagnostics,
) -> Option<LocalProvider> {
    let (root, steps) = match &expr.kind {
        // A bare name as the key of an object.
        ExprKind::Literal(_) | ExprKind::Template(_) if literal(expr).is_some() => {
            let (text, span) = literal(expr)?;
            quoted(&text, span)?
        }
        _ => traversal(expr, diagnostics)?,
    };
    check_local(&root.name, root.span, diagnostics);
    match steps.as_slice() {
        [] => Some(LocalProvider {
            name: root.name,
            alias: None,
        }),
        [TraversalStep::Attribute(alias)] => Some(LocalProvider {
            name: root.name,
            alias: Some(alias.name.clone()),
        }),
        _ => {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid provider configuration reference",
                    format!("The {argument} argument requires a provider type name, optionally followed by a period and then a configuration alias."),
                )
                .at(expr.span),
            );
            None
        }
    }
}
