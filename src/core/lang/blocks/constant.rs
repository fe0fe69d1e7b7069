//! Arguments whose values are needed before anything is evaluated.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    value::{Type, Value, convert},
};

use crate::lang::{
    expr,
    syntax::{Attribute, Body, Expr, ExprKind, Ident, TemplatePart},
};

/// Returns the value of an argument that must be a constant of a primitive type.
pub(super) fn primitive(expr: &Expr, ty: &Type, diagnostics: &mut Diagnostics) -> Option<Value> {
    let value = match expr::constant(expr) {
        Ok(v) => v,
        Err(d) => {
            diagnostics.extend(d);
            return None;
        }
    };
    let unsuitable = |why: &str| {
        Diagnostic::error("Unsuitable value type", format!("Unsuitable value: {why}"))
            .at(start(expr))
    };
    match convert(&value, ty) {
        Ok(v) if v.is_null() => {
            diagnostics.push(unsuitable("null value is not allowed"));
            None
        }
        Ok(v) if v.is_unknown() => {
            diagnostics.push(unsuitable("value must be known"));
            None
        }
        Ok(v) => Some(v),
        Err(e) => {
            diagnostics.push(unsuitable(&e.message));
            None
        }
    }
}

/// Returns where an expression stands; a text without its quotes, as in Terraform.
fn start(expr: &Expr) -> Span {
    match &expr.kind {
        ExprKind::Template(t) => match t.parts.as_slice() {
            [TemplatePart::Literal(_, span), ..] => *span,
            _ => expr.span,
        },
        _ => expr.span,
    }
}

/// Returns the truth value of a constant argument, if it is there.
pub(super) fn boolean(body: &Body, name: &str, diagnostics: &mut Diagnostics) -> Option<bool> {
    let attribute = body.attribute(name)?;
    primitive(&attribute.expr, &Type::Bool, diagnostics)?.as_bool()
}

/// Returns the text of a constant argument, if it is there.
pub(super) fn text(body: &Body, name: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let attribute = body.attribute(name)?;
    let value = primitive(&attribute.expr, &Type::String, diagnostics)?;
    value.as_str().map(str::to_owned)
}

/// Returns the text of a quoted string without interpolation, with its place.
pub(super) fn literal(expr: &Expr) -> Option<(Arc<str>, Span)> {
    match &expr.kind {
        ExprKind::Literal(v) => Some((v.as_str()?.into(), expr.span)),
        ExprKind::Template(t) => match t.parts.as_slice() {
            [] => Some(("".into(), expr.span)),
            [TemplatePart::Literal(text, _)] => Some((text.clone(), expr.span)),
            _ => None,
        },
        _ => None,
    }
}

/// Returns a bare word such as `all`.
pub(super) fn keyword(expr: &Expr) -> Option<&Ident> {
    match &expr.kind {
        ExprKind::Traversal { root, steps } if steps.is_empty() => Some(root),
        _ => None,
    }
}

/// Returns the items of a list that is written as one.
pub(super) fn list<'a>(attribute: &'a Attribute, diagnostics: &mut Diagnostics) -> &'a [Expr] {
    if let ExprKind::Tuple(items) = &attribute.expr.kind {
        return items;
    }
    diagnostics.push(
        Diagnostic::error(
            "Invalid expression",
            "A static list expression is required.",
        )
        .at(start(&attribute.expr)),
    );
    &[]
}
