//! What may stand in a block, and what does.

use bastionless_model::base::{Diagnostic, Diagnostics};

use crate::lang::{
    suggest::suggestion,
    syntax::{Attribute, Block, Body, Item},
};

/// The arguments and blocks that a block may hold.
pub(super) struct Shape {
    /// Arguments that must be there.
    pub(super) required: &'static [&'static str],
    /// Arguments that may be there.
    pub(super) optional: &'static [&'static str],
    /// Nested blocks, with the names of their labels.
    pub(super) blocks: &'static [(&'static str, &'static [&'static str])],
}

impl Shape {
    fn attributes(&self) -> impl Iterator<Item = &'static str> {
        self.required.iter().chain(self.optional).copied()
    }

    /// Reports what is missing, and what is there and not known.
    pub(super) fn check(&self, body: &Body, diagnostics: &mut Diagnostics) {
        self.check_required(body, diagnostics);
        for item in &body.items {
            match item {
                Item::Attribute(a) if self.attributes().all(|k| k != &*a.name.name) => {
                    diagnostics.push(self.unsupported_argument(a, body));
                }
                Item::Attribute(_) => {}
                Item::Block(b) => self.check_block(b, diagnostics),
            }
        }
    }

    /// Reports what is missing only: the rest is checked by others.
    pub(super) fn check_required(&self, body: &Body, diagnostics: &mut Diagnostics) {
        for name in self.required {
            if body.attribute(name).is_none() {
                diagnostics.push(
                    Diagnostic::error(
                        "Missing required argument",
                        format!("The argument {name:?} is required, but no definition was found."),
                    )
                    .at(body.missing_at),
                );
            }
        }
    }

    pub(super) fn check_block(&self, block: &Block, diagnostics: &mut Diagnostics) {
        let kind = &*block.kind.name;
        match self.blocks.iter().find(|(k, _)| *k == kind) {
            Some((_, labels)) => {
                check_labels(block, labels, diagnostics);
            }
            None => diagnostics.push(self.unsupported_block(kind).at(block.kind.span)),
        }
    }

    /// The error for an argument that is not known here.
    pub(super) fn unsupported_argument(&self, attribute: &Attribute, body: &Body) -> Diagnostic {
        let name = &*attribute.name.name;
        let hint = if self.blocks.iter().any(|(k, _)| *k == name) {
            format!(" Did you mean to define a block of type {name:?}?")
        } else {
            // What is there already was hardly meant.
            let missing = self.attributes().filter(|a| body.attribute(a).is_none());
            suggestion(name, missing).map_or_else(String::new, |s| format!(" Did you mean {s:?}?"))
        };
        Diagnostic::error(
            "Unsupported argument",
            format!("An argument named {name:?} is not expected here.{hint}"),
        )
        .at(attribute.name.span)
    }

    fn unsupported_block(&self, kind: &str) -> Diagnostic {
        let hint = if self.attributes().any(|k| k == kind) {
            format!(
                " Did you mean to define argument {kind:?}? If so, use the equals sign to assign it a value."
            )
        } else {
            suggestion(kind, self.blocks.iter().map(|(k, _)| *k))
                .map_or_else(String::new, |s| format!(" Did you mean {s:?}?"))
        };
        Diagnostic::error(
            "Unsupported block type",
            format!("Blocks of type {kind:?} are not expected here.{hint}"),
        )
    }
}

/// Reports labels that are missing or too many; tells whether the block has as many as it should.
pub(super) fn check_labels(block: &Block, names: &[&str], diagnostics: &mut Diagnostics) -> bool {
    let kind = &block.kind.name;
    if let Some(missing) = names.get(block.labels.len()) {
        diagnostics.push(
            Diagnostic::error(
                format!("Missing {missing} for {kind}"),
                format!(
                    "All {kind} blocks must have {} labels ({}).",
                    names.len(),
                    names.join(", ")
                ),
            )
            .at(block.body.missing_at),
        );
        return false;
    }
    if let Some(extra) = block.labels.get(names.len()) {
        let detail = if names.is_empty() {
            format!("No labels are expected for {kind} blocks.")
        } else {
            format!(
                "Only {} labels ({}) are expected for {kind} blocks.",
                names.len(),
                names.join(", ")
            )
        };
        diagnostics
            .push(Diagnostic::error(format!("Extraneous label for {kind}"), detail).at(extra.span));
        return false;
    }
    true
}
