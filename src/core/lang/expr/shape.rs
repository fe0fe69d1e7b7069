//! Blocks in JSON syntax: what is an argument and what a block is known with the schema only.

use std::sync::Arc;

use bastionless_model::schema;

use crate::lang::syntax::{
    Attribute, Block, Body, Expr, ExprKind, Ident, Item, Label, ObjectItem, TemplatePart,
};

/// Turns the arguments of a body in JSON syntax that are blocks by the schema into blocks; other bodies stay as they are.
#[must_use]
pub fn shape_blocks(mut body: Body, schema: &schema::Block) -> Body {
    if !body.json {
        return body;
    }
    let mut items = Vec::with_capacity(body.items.len());
    for item in body.items {
        match item {
            Item::Attribute(a) => match schema.blocks.get(&a.name.name) {
                Some(nested) => {
                    let keyed = nested.nesting == schema::Nesting::Map;
                    blocks(&a, &a.expr, keyed, None, &nested.block, &mut items);
                }
                None => items.push(Item::Attribute(a)),
            },
            Item::Block(mut block) => {
                let kind = block.labels.first().map(|l| l.text.clone());
                let nested = kind.and_then(|k| schema.blocks.get(&k));
                if let Some(nested) = nested.filter(|_| &*block.kind.name == "dynamic") {
                    for inner in &mut block.body.items {
                        if let Item::Block(content) = inner {
                            content.body = shape_blocks(content.body.clone(), &nested.block);
                        }
                    }
                }
                items.push(Item::Block(block));
            }
        }
    }
    body.items = items;
    body
}

fn blocks(
    from: &Attribute,
    expr: &Expr,
    keyed: bool,
    label: Option<&Label>,
    schema: &schema::Block,
    items: &mut Vec<Item>,
) {
    match &expr.kind {
        ExprKind::Literal(v) if v.is_null() => {}
        ExprKind::Tuple(exprs) => {
            for expr in exprs {
                blocks(from, expr, keyed, label, schema, items);
            }
        }
        ExprKind::Object(entries) if keyed && label.is_none() => {
            for entry in entries {
                let Some(name) = name(entry) else { continue };
                let label = Label {
                    text: name.name,
                    span: name.span,
                };
                blocks(from, &entry.value, keyed, Some(&label), schema, items);
            }
        }
        ExprKind::Object(entries) => {
            let inner = entries.iter().filter_map(|entry| {
                let name = name(entry).filter(|n| &*n.name != "//")?;
                Some(Item::Attribute(Attribute {
                    span: name.span.to(entry.value.span),
                    name,
                    expr: Arc::new(entry.value.clone()),
                }))
            });
            let body = Body {
                items: inner.collect(),
                span: expr.span,
                missing_at: bastionless_model::base::Span {
                    end: expr.span.start + 1,
                    ..expr.span
                },
                json: true,
            };
            items.push(Item::Block(Block {
                kind: from.name.clone(),
                labels: label.into_iter().cloned().collect(),
                body: shape_blocks(body, schema),
                header: from.name.span,
                span: from.span,
            }));
        }
        // Not the shape of a block: the static checks say that an argument of this name is not expected.
        _ => items.push(Item::Attribute(from.clone())),
    }
}

fn name(entry: &ObjectItem) -> Option<Ident> {
    match &entry.key.kind {
        ExprKind::Template(t) => match t.parts.as_slice() {
            [TemplatePart::Literal(text, _)] => Some(Ident {
                name: text.clone(),
                span: entry.key.span,
            }),
            _ => None,
        },
        _ => None,
    }
}
