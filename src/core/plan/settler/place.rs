//! Where the part of an object is written that a problem names.

use std::collections::BTreeSet;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Span},
    schema,
    value::{Marks, Path, Step, Value},
};

use crate::lang::syntax::{Block, Body, Item};

/// Returns where an attribute is written; of several blocks of a name the one that the path counts to.
pub(crate) fn place(body: &Body, path: &Path) -> Option<Span> {
    let (Step::Attribute(name), rest) = path.0.split_first()? else {
        return None;
    };
    let is_dynamic =
        |b: &Block| &*b.kind.name == "dynamic" && b.labels.first().is_some_and(|l| l.text == *name);
    let mut attribute = None;
    let mut blocks = Vec::new();
    for item in &body.items {
        match item {
            Item::Attribute(a) if a.name.name == *name => attribute = Some(a.span),
            // It is not known how many blocks stand before those that follow.
            Item::Block(b) if is_dynamic(b) => {
                return attribute.or(Some(blocks.first().copied().unwrap_or(b).header));
            }
            Item::Block(b) if b.kind.name == *name => blocks.push(b),
            _ => {}
        }
    }
    let index = match rest.first() {
        Some(Step::Index(i)) => i.as_index().unwrap_or(0),
        _ => 0,
    };
    let within = |b: &Block| {
        rest.get(1..)
            .filter(|_| index < blocks.len())
            .and_then(|rest| place(&b.body, &Path(rest.to_vec())))
    };
    attribute.or_else(|| {
        let block = blocks.get(index).or(blocks.first())?;
        Some(within(block).unwrap_or(block.header))
    })
}

/// Finds ephemeral values where they would be stored.
pub(crate) fn ephemeral(
    body: &Body,
    header: Span,
    schema: &schema::Block,
    config: &Value,
) -> Diagnostics {
    let (_, marks) = config.clone().unmark_with_paths();
    let stored = |path: &Path| {
        let attribute = path.root().and_then(|name| schema.attributes.get(name));
        attribute.is_none_or(|a| !a.write_only)
    };
    let mut seen = BTreeSet::new();
    marks
        .iter()
        .filter(|(path, marks)| marks.contains(Marks::EPHEMERAL) && stored(path))
        .filter_map(|(path, _)| Some((path.root()?.to_owned(), path)))
        .filter(|(name, _)| seen.insert(name.clone()))
        .map(|(name, path)| {
            Diagnostic::error(
                "Invalid use of ephemeral value",
                format!("Ephemeral values are not valid for {name:?}, because it is not a write-only attribute and must be persisted to state."),
            )
            .at(match body.attribute(&name) {
                Some(attribute) => attribute.expr.span,
                None => place(body, path).unwrap_or(header),
            })
        })
        .collect()
}
