//! `dynamic` blocks.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Span},
    schema::{NestedBlock, Nesting},
    value::{Kind, Marks, Type, Value, convert},
};

use super::{
    Env,
    decode::{Decoder, Found, Made},
    evaluate,
    for_loop::entries,
    validate::Place,
};
use crate::lang::syntax::{Block, Body, Expr, ExprKind};

/// Adds the blocks that a `dynamic` block makes.
pub(super) fn expand<'b, 'e>(
    decoder: &mut Decoder,
    block: &'b Block,
    nested: &NestedBlock,
    env: &Env<'e>,
    found: &mut Found<'b, 'e>,
) {
    let content = block.body.blocks().find(|b| &*b.kind.name == "content");
    let (Some(for_each), Some(content)) = (block.body.attribute("for_each"), content) else {
        return;
    };
    let iterator = iterator(block);
    let unknown = |decoder: &mut Decoder, found: &mut Found<'_, '_>, marks: Marks| {
        // What is wrong whatever the elements turn out to be is said already.
        let env = env.with_name(iterator.clone(), round(Value::DYNAMIC, Value::DYNAMIC));
        decoder.body(&content.body, &nested.block, &env);
        let before = found.unknown.unwrap_or_default();
        found.unknown = Some(before.union(marks));
    };
    let value = match evaluate(&for_each.expr, env) {
        Ok(value) => value,
        Err(problems) => {
            decoder.diagnostics.extend(problems);
            found.unknown = Some(Marks::NONE);
            return;
        }
    };
    let marks = value.marks();
    let refuse = |decoder: &mut Decoder, detail: String| {
        decoder.diagnostics.push(
            Diagnostic::error("Invalid dynamic for_each value", detail).at(for_each.expr.span),
        );
    };
    if value.is_null() {
        refuse(decoder, "Cannot use a null value in for_each.".into());
        return;
    }
    if let Kind::Unknown(ty, _) = value.kind()
        && !ty.is_primitive()
    {
        unknown(decoder, found, marks);
        return;
    }
    let Some(rounds) = entries(&value) else {
        let ty = value.type_of().friendly_name();
        refuse(
            decoder,
            format!("Cannot use a {ty} value in for_each. An iterable collection is required."),
        );
        return;
    };
    for (key, value) in rounds {
        let env = env.with_name(iterator.clone(), round(key, value));
        let key = if nested.nesting == Nesting::Map {
            match label(decoder, &block.body, &env) {
                Ok(Some(key)) => Some(key),
                Ok(None) => {
                    found.unknown = Some(marks);
                    continue;
                }
                Err(()) => continue,
            }
        } else {
            None
        };
        found.blocks.push(Made {
            body: &content.body,
            key,
            place: Place {
                header: block.header,
                body: content.body.missing_at,
            },
            env: Some(env),
            marks,
        });
    }
}

/// Returns the name under which the content sees the element.
fn iterator(block: &Block) -> Arc<str> {
    match block.body.attribute("iterator").map(|a| &a.expr.kind) {
        Some(ExprKind::Traversal { root, .. }) => root.name.clone(),
        _ => block.labels.first().map_or("".into(), |l| l.text.clone()),
    }
}

fn round(key: Value, value: Value) -> Value {
    Value::object([("key", key), ("value", value)])
}

fn refuse(decoder: &mut Decoder, span: Span, detail: impl Into<String>) {
    decoder
        .diagnostics
        .push(Diagnostic::error("Invalid dynamic block label", detail).at(span));
}

/// Returns the label of a round; `None` where it is unknown.
fn label(decoder: &mut Decoder, body: &Body, env: &Env<'_>) -> Result<Option<Arc<str>>, ()> {
    let Some(labels) = body.attribute("labels") else {
        return Err(());
    };
    let expr: &Expr = match &labels.expr.kind {
        ExprKind::Tuple(items) if items.len() == 1 => items.first().unwrap_or(&labels.expr),
        _ => {
            refuse(
                decoder,
                labels.expr.span,
                "The labels must be a list of exactly one label, such as `labels = [each.key]`.",
            );
            return Err(());
        }
    };
    let value = evaluate(expr, env).map_err(|problems| decoder.diagnostics.extend(problems))?;
    if value.is_null() {
        refuse(
            decoder,
            expr.span,
            "Cannot use a null value as a dynamic block label.",
        );
        return Err(());
    }
    match convert(&value, &Type::String) {
        Ok(text) => match text.as_str() {
            Some(text) => Ok(Some(text.into())),
            None => {
                refuse(
                    decoder,
                    expr.span,
                    "This value is not yet known. Dynamic block labels must be immediately-known values.",
                );
                Ok(None)
            }
        },
        Err(e) => {
            refuse(
                decoder,
                expr.span,
                format!(
                    "Cannot use this value as a dynamic block label: {}.",
                    e.message
                ),
            );
            Err(())
        }
    }
}
