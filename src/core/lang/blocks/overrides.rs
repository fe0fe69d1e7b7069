//! Override files: `override.tf` and `*_override.tf`, merged into the blocks that they repeat before these are decoded.

use std::sync::Arc;

use bastionless_model::base::{Diagnostic, Diagnostics};

use super::{constant::literal, raw::RawModule};
use crate::lang::syntax::{Attribute, Block, Body, ExprKind, File, Item};

/// Tells whether a file overrides others.
pub(super) fn is_override(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file
        .strip_suffix(".tf.json")
        .or_else(|| file.strip_suffix(".tf"))
        .unwrap_or(file);
    stem == "override" || stem.ends_with("_override")
}

/// The blocks of override files, in order.
#[derive(Default)]
pub(super) struct Overrides {
    blocks: Vec<(Key, Block, bool)>,
    terraform: Vec<Block>,
}

/// What a block is the definition of.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    kind: Arc<str>,
    labels: Vec<Arc<str>>,
    alias: Option<Arc<str>>,
}

impl Overrides {
    /// Takes the blocks of a file.
    pub(super) fn add(&mut self, file: &File, diagnostics: &mut Diagnostics) {
        for block in file.body.blocks() {
            match &*block.kind.name {
                // Terraform does not look at it.
                "removed" => {}
                kind @ ("moved" | "import" | "check") => diagnostics.push(
                    Diagnostic::error(
                        format!("Cannot override '{kind}' blocks"),
                        format!("Blocks of type {kind:?} cannot be overridden: put this block into a file whose name does not end in `_override`."),
                    )
                    .at(block.header),
                ),
                "terraform" => self.terraform.push(block.clone()),
                // Each local value overrides on its own.
                "locals" => {
                    for attribute in block.body.attributes() {
                        let one = Block {
                            body: Body {
                                items: vec![Item::Attribute(attribute.clone())],
                                ..block.body.clone()
                            },
                            ..block.clone()
                        };
                        let mut key = key(block);
                        key.labels.push(attribute.name.name.clone());
                        self.blocks.push((key, one, false));
                    }
                }
                _ => {
                    conditions(block, diagnostics);
                    let names_any = |a: &&Attribute| {
                        !matches!(&a.expr.kind, ExprKind::Tuple(items) if items.is_empty())
                    };
                    if let Some(attribute) = block.body.attribute("depends_on").filter(names_any) {
                        diagnostics.push(
                            Diagnostic::error(
                                "Unsupported override",
                                "The depends_on argument may not be overridden.",
                            )
                            .at(attribute.name.span),
                        );
                    }
                    self.blocks.push((key(block), block.clone(), false));
                }
            }
        }
    }

    /// Returns a block with all its overrides merged in; `None` where there is none.
    pub(super) fn apply(&mut self, block: &Block) -> Option<Block> {
        let mut merged = None;
        let own = key(block);
        for (key, other, used) in &mut self.blocks {
            let fits = if &*own.kind == "locals" {
                let name = key.labels.first();
                key.kind == own.kind && name.is_some_and(|n| block.body.attribute(n).is_some())
            } else {
                *key == own
            };
            if fits {
                *used = true;
                let base = merged.take().unwrap_or_else(|| block.clone());
                merged = Some(merge(base, other));
            }
        }
        merged
    }

    /// Merges the `terraform` blocks, and reports overrides of blocks that do not exist.
    pub(super) fn finish(self, raw: &mut RawModule, diagnostics: &mut Diagnostics) {
        for block in &self.terraform {
            let mut own = RawModule::default();
            super::terraform::decode(block, &mut own, diagnostics);
            if !own.required_versions.is_empty() {
                raw.required_versions = own.required_versions;
            }
            raw.required_providers.extend(own.required_providers);
            raw.backend = own.backend.or(raw.backend.take());
        }
        for (key, block, used) in self.blocks {
            if used {
                continue;
            }
            let (what, article) = match &*key.kind {
                "variable" => ("variable declaration", "variable"),
                "output" => ("output definition", "output"),
                "locals" => ("local value definition", "local value"),
                "module" => ("module call", "module call"),
                "provider" => ("provider configuration", "provider configuration"),
                "resource" => ("resource", "resource"),
                "data" => ("data resource", "data resource"),
                other => (other, other),
            };
            let name = key
                .labels
                .iter()
                .map(|l| &**l)
                .collect::<Vec<_>>()
                .join(".");
            diagnostics.push(
                Diagnostic::error(
                    format!("Missing base {what} to override"),
                    format!("There is no {article} named {name:?}. An override file can only override a block that was already defined in a primary configuration file."),
                )
                .at(block.header),
            );
        }
    }
}

fn key(block: &Block) -> Key {
    let alias = (&*block.kind.name == "provider")
        .then(|| block.body.attribute("alias"))
        .flatten();
    Key {
        kind: block.kind.name.clone(),
        labels: block.labels.iter().map(|l| l.text.clone()).collect(),
        alias: alias.and_then(|a| literal(&a.expr)).map(|(a, _)| a),
    }
}

/// Replaces arguments of the same name and all nested blocks of the types that the override has. `lifecycle` and
/// `required_providers` are merged argument by argument.
fn merge(mut base: Block, other: &Block) -> Block {
    let own = ["count", "for_each"].map(|name| base.body.attribute(name).is_some());
    for attribute in other
        .body
        .attributes()
        .filter(|a| &*a.name.name != "depends_on")
    {
        replace(&mut base.body, attribute);
    }
    // Where one file counts and another one enumerates, Terraform counts.
    if own != [true, true] && base.body.attribute("count").is_some() && own.contains(&true) {
        base.body
            .items
            .retain(|i| !matches!(i, Item::Attribute(a) if &*a.name.name == "for_each"));
    }
    let inside = |kind: &str| matches!(kind, "lifecycle" | "required_providers");
    let kinds: Vec<_> = other.body.blocks().map(|b| b.kind.name.clone()).collect();
    base.body.items.retain(|i| match i {
        Item::Block(b) => inside(&b.kind.name) || !kinds.contains(&b.kind.name),
        Item::Attribute(_) => true,
    });
    for block in other.body.blocks() {
        let same = base.body.items.iter_mut().find_map(|i| match i {
            Item::Block(b) if inside(&b.kind.name) && b.kind.name == block.kind.name => Some(b),
            _ => None,
        });
        match same {
            Some(b) => *b = merge(b.clone(), block),
            None => base.body.items.push(Item::Block(block.clone())),
        }
    }
    base
}

/// Reports conditions, which cannot be overridden.
fn conditions(block: &Block, diagnostics: &mut Diagnostics) {
    for inner in block.body.blocks() {
        match &*inner.kind.name {
            "lifecycle" => conditions(inner, diagnostics),
            kind @ ("precondition" | "postcondition") => diagnostics.push(
                Diagnostic::error(
                    format!("Can't override {kind} blocks"),
                    format!("Override files cannot override {kind:?} blocks."),
                )
                .at(inner.header),
            ),
            _ => {}
        }
    }
}

fn replace(body: &mut Body, attribute: &Attribute) {
    let same = body.items.iter_mut().find_map(|i| match i {
        Item::Attribute(a) if a.name.name == attribute.name.name => Some(a),
        _ => None,
    });
    match same {
        Some(a) => *a = attribute.clone(),
        None => body.items.push(Item::Attribute(attribute.clone())),
    }
}
