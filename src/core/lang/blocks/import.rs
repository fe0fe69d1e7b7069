//! `import`

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    value::Value,
};

use super::{
    content::{Shape, check_labels},
    names::{not_static, unquoted},
    raw::RawModule,
    target::target,
};
use crate::lang::{
    address::{AbsResource, Key, Mode, ModuleInstance},
    program::{Import, MoveEnd},
    syntax::{Block, Expr, ExprKind, Ident, TraversalStep},
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
    let json = block.body.json;
    let Some(Target { to, keys }) = target.and_then(|e| read_target(e, json, diagnostics)) else {
        return;
    };
    let computed = |key: &Expr| !matches!(key.kind, ExprKind::Literal(_));
    let (mut key, mut module_keys) = (None, Vec::new());
    for (place, expr) in keys {
        if for_each.is_none() && computed(&expr) {
            diagnostics.push(not_static(to_span));
            return;
        }
        match place {
            Some(step) => module_keys.push((step, expr)),
            None => key = Some(expr),
        }
    }
    raw.imports.push(Import {
        to,
        key,
        module_keys,
        id: id.expr.clone(),
        for_each,
        provider: None,
        to_span,
        span: block.header,
    });
}

/// What `to` says.
struct Target {
    /// The resource; keys of modules that are expressions are left out.
    to: AbsResource,
    /// Keys with their places: the number of a module, or none for the resource.
    keys: Vec<(Option<usize>, Expr)>,
}

/// Reads `to`: a resource, and the instance keys that are expressions.
fn read_target(expr: &Expr, json: bool, diagnostics: &mut Diagnostics) -> Option<Target> {
    let mut computed = Vec::new();
    let (root, steps) = match (&expr.kind, json) {
        (ExprKind::Index { .. } | ExprKind::Relative { .. }, _) => {
            let Some(found) = flattened(expr, &mut computed) else {
                diagnostics.push(not_static(expr.span));
                return None;
            };
            found
        }
        _ => unquoted(expr, json, diagnostics)?,
    };
    let (path, resource, key) = match target(&root, &steps, expr.span, diagnostics)? {
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
    // Keys come in the order of their places.
    let places = path
        .iter()
        .enumerate()
        .filter(|(_, (_, key))| key.is_some())
        .map(|(i, _)| Some(i))
        .chain(key.is_some().then_some(None));
    let indexes = steps
        .iter()
        .filter(|s| matches!(s, TraversalStep::Index(..)));
    let mut keys = Vec::new();
    for (place, index) in places.zip(indexes) {
        let TraversalStep::Index(value, span) = index else {
            continue;
        };
        let expr = computed.iter().find(|(at, _)| at == span);
        match expr {
            Some((_, expr)) => keys.push((place, expr.clone())),
            // A constant key of a module is in the address.
            None if place.is_none() => keys.push((
                place,
                Expr {
                    kind: ExprKind::Literal(value.clone()),
                    span: *span,
                },
            )),
            None => {}
        }
    }
    let steps = path.into_iter().map(|(n, k)| (n, k.unwrap_or(Key::None)));
    let to = AbsResource {
        module: ModuleInstance(steps.collect()),
        resource,
    };
    Some(Target { to, keys })
}

/// Returns root and steps of a name some of whose keys are expressions; a zero stands for each of these, and they are put
/// into `computed` with their places.
fn flattened(expr: &Expr, computed: &mut Vec<(Span, Expr)>) -> Option<(Ident, Vec<TraversalStep>)> {
    match &expr.kind {
        ExprKind::Traversal { root, steps } => Some((root.clone(), steps.clone())),
        ExprKind::Relative { on, steps } => {
            let (root, mut all) = flattened(on, computed)?;
            all.extend(steps.iter().cloned());
            Some((root, all))
        }
        ExprKind::Index { on, key, brackets } => {
            let (root, mut all) = flattened(on, computed)?;
            computed.push((*brackets, (**key).clone()));
            all.push(TraversalStep::Index(Value::from(0_i64), *brackets));
            Some((root, all))
        }
        _ => None,
    }
}

fn invalid(detail: &str) -> Diagnostic {
    Diagnostic::error("Invalid import address", detail)
}
