//! Where the part of an object is written that a problem names.

use bastionless_model::{
    base::Span,
    value::{Path, Step},
};

use crate::lang::syntax::{Block, Body, Item};

/// Returns where an attribute is written; of several blocks of a name the one that the path counts to.
pub(crate) fn place(body: &Body, path: &Path) -> Option<Span> {
    let (Step::Attribute(name), rest) = path.0.split_first()? else {
        return None;
    };
    let is_dynamic = |b: &Block| &*b.kind.name == "dynamic" && b.labels.first().is_some_and(|l| l.text == *name);
    let mut attribute = None;
    let mut blocks = Vec::new();
    for item in &body.items {
        match item {
            Item::Attribute(a) if a.name.name == *name => attribute = Some(a.span),
            // It is not known how many blocks stand before those that follow.
            Item::Block(b) if is_dynamic(b) => return attribute.or(Some(blocks.first().copied().unwrap_or(b).header)),
            Item::Block(b) if b.kind.name == *name => blocks.push(b),
            _ => {}
        }
    }
    let index = match rest.first() {
        Some(Step::Index(i)) => i.as_index().unwrap_or(0),
        _ => 0,
    };
    let within = |b: &Block| rest.get(1..).filter(|_| index < blocks.len()).and_then(|rest| place(&b.body, &Path(rest.to_vec())));
    attribute.or_else(|| {
        let block = blocks.get(index).or(blocks.first())?;
        Some(within(block).unwrap_or(block.header))
    })
}
