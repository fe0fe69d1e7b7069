//! Static checks of a body against a schema: nothing is evaluated.

use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    schema::{self, NestedBlock, Nesting},
};

use crate::lang::{
    suggest::suggestion,
    syntax::{Attribute, Block, Body, Expr, ExprKind},
};

/// Checks the names in a body, what is missing, and how often blocks stand, as far as that is certain without evaluation.
pub fn validate_body(body: &Body, schema: &schema::Block) -> Diagnostics {
    let mut check = Check {
        diagnostics: Diagnostics::default(),
    };
    check.body(body, schema);
    check.diagnostics
}

/// The block type that a block makes: its own, or what its label says for `dynamic`.
pub(super) fn made_kind(block: &Block) -> &str {
    if is_dynamic(block) {
        block.labels.first().map_or("", |l| &*l.text)
    } else {
        &block.kind.name
    }
}

pub(super) fn is_dynamic(block: &Block) -> bool {
    &*block.kind.name == "dynamic"
}

/// Returns the schema of blocks of a name: of a block type, or of an attribute that is written as blocks here.
pub(super) fn nested<'s>(
    body: &Body,
    schema: &'s schema::Block,
    name: &str,
) -> Option<&'s NestedBlock> {
    if let Some(nested) = schema.blocks.get(name) {
        return Some(nested);
    }
    let as_blocks = schema.attributes.get(name)?.as_blocks.as_deref()?;
    body.attribute(name).is_none().then_some(as_blocks)
}

struct Check {
    diagnostics: Diagnostics,
}

impl Check {
    fn body(&mut self, body: &Body, schema: &schema::Block) {
        for attribute in body.attributes() {
            self.attribute(attribute, body, schema);
        }
        for (name, attribute) in &schema.attributes {
            let given = body.attribute(name).is_some()
                || (attribute.as_blocks.is_some()
                    && body.blocks().any(|b| made_kind(b) == &**name));
            if attribute.mode == schema::Mode::Required && !given {
                self.missing(body, name);
            }
        }
        for block in body.blocks() {
            self.block(block, body, schema);
        }
        for (name, nested) in &schema.blocks {
            self.count(body, name, nested);
        }
    }

    fn missing(&mut self, body: &Body, name: &str) {
        self.diagnostics.push(
            Diagnostic::error(
                "Missing required argument",
                format!("The argument \"{name}\" is required, but no definition was found."),
            )
            .at(body.missing_at),
        );
    }

    fn attribute(&mut self, attribute: &Attribute, body: &Body, schema: &schema::Block) {
        let (name, span) = (&*attribute.name.name, attribute.name.span);
        if let Some(known) = schema.attributes.get(name) {
            if let Some(why) = &known.deprecated {
                self.diagnostics
                    .push(Diagnostic::warning("Argument is deprecated", why.clone()).at(span));
            }
            return;
        }
        let free = schema
            .attributes
            .keys()
            .map(|k| &**k)
            .filter(|k| body.attribute(k).is_none());
        let near = suggestion(name, free);
        let hint = match near {
            Some(near) => format!(" Did you mean \"{near}\"?"),
            None if schema.blocks.contains_key(name) => {
                format!(" Did you mean to define a block of type \"{name}\"?")
            }
            None => String::new(),
        };
        let mut d = Diagnostic::error(
            "Unsupported argument",
            format!("An argument named \"{name}\" is not expected here.{hint}"),
        )
        .at(span);
        if let Some(near) = near {
            d = d.patch(span, near, format!("did you mean `{near}`?"));
        }
        self.diagnostics.push(d);
    }

    fn block(&mut self, block: &Block, body: &Body, schema: &schema::Block) {
        let name = made_kind(block);
        let Some(nested) = nested(body, schema, name) else {
            self.unsupported(block, schema);
            return;
        };
        if let Some(why) = &nested.block.deprecated {
            self.diagnostics
                .push(Diagnostic::warning("Argument is deprecated", why.clone()).at(block.header));
        }
        if is_dynamic(block) {
            self.dynamic(block, nested);
            return;
        }
        let keyed = nested.nesting == Nesting::Map;
        match block.labels.get(usize::from(keyed)) {
            Some(extra) => self.diagnostics.push(
                Diagnostic::error(
                    format!("Extraneous label for {name}"),
                    if keyed {
                        format!("Only 1 labels (key) are expected for {name} blocks.")
                    } else {
                        format!("No labels are expected for {name} blocks.")
                    },
                )
                .at(extra.span),
            ),
            None if keyed && block.labels.is_empty() => self.diagnostics.push(
                Diagnostic::error(
                    format!("Missing key for {name}"),
                    format!("All {name} blocks must have 1 labels (key)."),
                )
                .at(block.body.missing_at),
            ),
            None => {}
        }
        self.body(&block.body, &nested.block);
    }

    fn unsupported(&mut self, block: &Block, schema: &schema::Block) {
        let name = made_kind(block);
        let span = match block.labels.first() {
            Some(label) if is_dynamic(block) => label.span,
            _ => block.kind.span,
        };
        let near = suggestion(name, schema.blocks.keys().map(|k| &**k));
        let hint = match near {
            Some(near) => format!(" Did you mean \"{near}\"?"),
            None if schema.attributes.contains_key(name) => format!(
                " Did you mean to define argument \"{name}\"? If so, use the equals sign to assign it a value."
            ),
            None => String::new(),
        };
        let mut d = Diagnostic::error(
            "Unsupported block type",
            format!("Blocks of type \"{name}\" are not expected here.{hint}"),
        )
        .at(span);
        if let Some(near) = near.filter(|_| !is_dynamic(block)) {
            d = d.patch(span, near, format!("did you mean `{near}`?"));
        }
        self.diagnostics.push(d);
    }

    fn dynamic(&mut self, block: &Block, nested: &NestedBlock) {
        let keyed = nested.nesting == Nesting::Map;
        for attribute in block.body.attributes() {
            let name = &*attribute.name.name;
            match name {
                "for_each" => {}
                "labels" if keyed => {}
                "iterator" => {
                    self.iterator(&attribute.expr);
                }
                _ => self.diagnostics.push(
                    Diagnostic::error(
                        "Unsupported argument",
                        format!("An argument named \"{name}\" is not expected here."),
                    )
                    .at(attribute.name.span),
                ),
            }
        }
        for name in ["for_each", "labels"] {
            if block.body.attribute(name).is_none() && (name == "for_each" || keyed) {
                self.missing(&block.body, name);
            }
        }
        let mut content = None;
        for inner in block.body.blocks() {
            if &*inner.kind.name != "content" {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Unsupported block type",
                        format!(
                            "Blocks of type \"{}\" are not expected here.",
                            inner.kind.name
                        ),
                    )
                    .at(inner.kind.span),
                );
            } else if content.is_some() {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Extraneous dynamic content block",
                        "Only one nested content block is allowed for each dynamic block.",
                    )
                    .at(inner.header),
                );
            } else {
                content = Some(inner);
            }
        }
        match content {
            Some(content) => self.body(&content.body, &nested.block),
            None => self.diagnostics.push(
                Diagnostic::error(
                    "Missing dynamic content block",
                    "A dynamic block must have a nested block of type \"content\" to describe the body of each generated block.",
                )
                .at(block.body.missing_at),
            ),
        }
    }

    /// The iterator is one name.
    fn iterator(&mut self, expr: &Expr) {
        let (summary, detail) = match &expr.kind {
            ExprKind::Traversal { steps, .. } if steps.is_empty() => return,
            ExprKind::Traversal { .. } => (
                "Invalid dynamic iterator name",
                "Dynamic iterator must be a single variable name.",
            ),
            _ => (
                "Invalid expression",
                "A single static variable reference is required: only attribute access and indexing with constant keys. No calculations, function calls, template expressions, etc are allowed here.",
            ),
        };
        self.diagnostics
            .push(Diagnostic::error(summary, detail).at(expr.span));
    }

    /// Checks numbers where no `dynamic` block makes them uncertain.
    fn count(&mut self, body: &Body, name: &str, nested: &NestedBlock) {
        let blocks: Vec<&Block> = body.blocks().filter(|b| made_kind(b) == name).collect();
        if blocks.iter().any(|b| is_dynamic(b)) {
            return;
        }
        let places: Vec<Place> = blocks
            .iter()
            .map(|b| Place {
                header: b.header,
                body: b.body.missing_at,
            })
            .collect();
        self.diagnostics
            .extend(check_count(name, nested, &places, body));
    }
}

/// Where a block that was made stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) header: bastionless_model::base::Span,
    pub(super) body: bastionless_model::base::Span,
}

/// Checks how many blocks of a type there are.
pub(super) fn check_count(
    name: &str,
    nested: &NestedBlock,
    places: &[Place],
    body: &Body,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    if matches!(nested.nesting, Nesting::Single | Nesting::Group) {
        if let [first, second, ..] = places {
            diagnostics.push(
                Diagnostic::error(
                    format!("Duplicate {name} block"),
                    format!("Only one block of type \"{name}\" is allowed."),
                )
                .at(second.header)
                .context(first.header, "previous definition"),
            );
        }
        if nested.min > 0 && places.is_empty() {
            diagnostics.push(
                Diagnostic::error(
                    format!("Missing {name} block"),
                    format!("A block of type \"{name}\" is required here."),
                )
                .at(body.missing_at),
            );
        }
        return diagnostics;
    }
    if places.len() < nested.min {
        diagnostics.push(
            Diagnostic::error(
                format!("Insufficient {name} blocks"),
                format!("At least {} \"{name}\" blocks are required.", nested.min),
            )
            .at(body.missing_at),
        );
    } else if let Some(max) = nested.max
        && let Some(extra) = places.get(max)
    {
        diagnostics.push(
            Diagnostic::error(
                format!("Too many {name} blocks"),
                format!("No more than {max} \"{name}\" blocks are allowed"),
            )
            .at(extra.body),
        );
    }
    diagnostics
}
