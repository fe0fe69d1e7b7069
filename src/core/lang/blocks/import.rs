//! `import`

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{
    constant::literal,
    content::{Shape, check_labels},
    names::{not_static, traversal},
    raw::RawModule,
    target::target,
};
use crate::lang::{
    address::{AbsResource, Key, Mode, ModuleInstance},
    program::{Import, MoveEnd},
    syntax::{Block, Expr, ExprKind},
};

const IMPORT: Shape = Shape {
    required: &["to"],
    optional: &["id", "for_each", "identity", "provider"],
    blocks: &[],
};

/// Decodes an `import` block.
pub(super) fn decode(block: &Block, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
    check_labels(block, &[], diagnostics);
    IMPORT.check(&block.body, diagnostics);
    let body = &block.body;
    let problem = |detail: &str| Diagnostic::error("Invalid import block", detail).at(block.header);
    let id = match (body.attribute("id"), body.attribute("identity")) {
        (Some(_), Some(_)) => {
            diagnostics.push(problem("Only one of 'id' or 'identity' can be specified."));
            return;
        }
        (None, None) => {
            diagnostics.push(problem(
                "At least one of 'id' or 'identity' must be specified.",
            ));
            return;
        }
        (None, Some(identity)) => {
            diagnostics.push(
                Diagnostic::error(
                    "Import by identity is not built yet",
                    "Name the object with `id`, in the format that its type documents.",
                )
                .at(identity.span),
            );
            return;
        }
        (Some(id), None) => id,
    };
    if let Some(provider) = body.attribute("provider") {
        diagnostics.push(
            Diagnostic::error(
                "Invalid import provider argument",
                "The provider argument can only be specified in import blocks that will generate configuration, and bastionless generates none. Set `provider` in the resource block.",
            )
            .at(provider.name.span),
        );
        return;
    }
    let for_each = body.attribute("for_each").map(|a| a.expr.clone());
    let target = body.attribute("to").map(|a| &a.expr);
    let to_span = target.map_or(block.header, |e| e.span);
    let Some((to, key)) = target.and_then(|e| to(e, diagnostics)) else {
        return;
    };
    let computed = |key: &Expr| !matches!(key.kind, ExprKind::Literal(_)) && literal(key).is_none();
    if for_each.is_none() && key.as_ref().is_some_and(computed) {
        diagnostics.push(not_static(to_span));
        return;
    }
    raw.imports.push(Import {
        to,
        key,
        id: id.expr.clone(),
        for_each,
        provider: None,
        to_span,
        span: block.header,
    });
}

/// Reads `to`: a resource, and its instance key as an expression.
fn to(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<(AbsResource, Option<Expr>)> {
    let (named, key) = match &expr.kind {
        ExprKind::Index { on, key, .. } => (&**on, Some((**key).clone())),
        _ => (expr, None),
    };
    if !matches!(named.kind, ExprKind::Traversal { .. }) && key.is_some() {
        diagnostics.push(not_static(expr.span));
        return None;
    }
    let (root, steps) = traversal(named, diagnostics)?;
    let (steps, resource, constant) = match target(&root, &steps, named.span, diagnostics)? {
        MoveEnd::Resource {
            steps,
            resource,
            key,
        } => (steps, resource, key),
        MoveEnd::Module { .. } => {
            diagnostics
                .push(invalid("A module cannot be imported: name a resource.").at(expr.span));
            return None;
        }
    };
    if resource.mode == Mode::Data {
        diagnostics.push(invalid("Only managed resources can be imported.").at(expr.span));
        return None;
    }
    let steps = steps.into_iter().map(|(n, k)| (n, k.unwrap_or(Key::None)));
    let to = AbsResource {
        module: ModuleInstance(steps.collect()),
        resource,
    };
    let constant = constant.map(|key| Expr {
        kind: ExprKind::Literal(match key {
            Key::Int(i) => i64::try_from(i).unwrap_or(i64::MAX).into(),
            Key::Str(s) => s.into(),
            Key::None => bastionless_model::value::Value::NULL,
        }),
        span: expr.span,
    });
    Some((to, key.or(constant)))
}

fn invalid(detail: &str) -> Diagnostic {
    Diagnostic::error("Invalid import address", detail)
}
