//! From JSON values to the syntax tree. Strings are templates.
//!
//! What is a block and what an argument is known here for the language's own blocks only; for nested blocks of resource
//! types the schema decides later, so that they stay arguments in the tree.

use std::sync::Arc;

use bastionless_model::{
    base::{Diagnostic, Diagnostics, Outcome, SourceId, Span},
    value::{Number, Value},
};

use super::{
    ast::{
        Attribute, Block, Body, Expr, ExprKind, File, Ident, Item, Label, ObjectItem, Template,
        TemplatePart,
    },
    cursor::{Cursor, Parsed, error, nfc},
    json::{Key, Node, NodeKind, read},
    token,
};

/// What a body belongs to: which of its properties are blocks, and how many labels those have.
#[derive(Clone, Copy)]
enum Around {
    File,
    Terraform,
    Variable,
    Output,
    Module,
    Resource,
    Lifecycle,
    Removed,
    Check,
    Dynamic,
    /// `moved` and `import`
    Addresses,
    /// Arguments only, none of them special.
    Plain,
}

impl Around {
    /// Returns the number of labels and the inside of a block; `None` for an argument.
    fn block(self, name: &str) -> Option<(usize, Self)> {
        Some(match (self, name) {
            (Self::File, "terraform") => (0, Self::Terraform),
            (Self::File, "variable") => (1, Self::Variable),
            (Self::File, "output") => (1, Self::Output),
            (Self::File, "module") => (1, Self::Module),
            (Self::File, "provider") => (1, Self::Plain),
            (Self::File, "locals") => (0, Self::Plain),
            (Self::File, "moved" | "import") => (0, Self::Addresses),
            (Self::File, "removed") => (0, Self::Removed),
            (Self::File, "check") => (1, Self::Check),
            (Self::File | Self::Check, "data") | (Self::File, "resource" | "ephemeral") => {
                (2, Self::Resource)
            }
            (Self::Terraform, "required_providers" | "cloud") => (0, Self::Plain),
            (Self::Terraform, "backend" | "provider_meta") => (1, Self::Plain),
            (Self::Variable, "validation")
            | (Self::Output | Self::Lifecycle, "precondition")
            | (Self::Lifecycle, "postcondition")
            | (Self::Check, "assert") => (0, Self::Plain),
            (Self::Resource | Self::Removed, "lifecycle") => (0, Self::Lifecycle),
            (Self::Resource, "connection") => (0, Self::Plain),
            (Self::Resource | Self::Removed, "provisioner") => (1, Self::Plain),
            (Self::Resource, "dynamic") => (1, Self::Dynamic),
            (Self::Dynamic, "content") => (0, Self::Resource),
            _ => return None,
        })
    }

    /// Tells what the texts of an argument are: references and types are expressions, and what is needed before anything is
    /// evaluated is just a text.
    fn texts(self, name: &str) -> Texts {
        let expression = matches!(
            (self, name),
            (Self::Variable | Self::Output, "type")
                | (Self::Output | Self::Module | Self::Resource, "depends_on")
                | (Self::Module, "providers")
                | (Self::Resource | Self::Addresses, "provider")
                | (Self::Addresses | Self::Removed, "from" | "to")
                | (Self::Lifecycle, "ignore_changes" | "replace_triggered_by")
                | (Self::Dynamic, "iterator")
        );
        let plain = match self {
            Self::Variable => true,
            Self::Output => matches!(
                name,
                "description" | "sensitive" | "ephemeral" | "deprecated"
            ),
            Self::Lifecycle => {
                matches!(
                    name,
                    "create_before_destroy" | "prevent_destroy" | "destroy"
                )
            }
            _ => false,
        };
        match (expression, plain) {
            (true, _) => Texts::Expression,
            (_, true) => Texts::Plain,
            _ => Texts::Template,
        }
    }
}

/// What a text in JSON stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Texts {
    Template,
    Expression,
    Plain,
}

/// Reads a configuration file in JSON syntax. Never fails: what cannot be read is left out of the tree.
pub fn parse_json(id: SourceId, text: &str) -> Outcome<File> {
    let span = Span::new(id, 0, text.len());
    let mut builder = Builder {
        source: id,
        diagnostics: Diagnostics::default(),
    };
    let mut items = Vec::new();
    match read(id, text) {
        Ok(node) => builder.items(&node, Around::File, &mut items),
        Err(d) => builder.diagnostics.push(*d),
    }
    Outcome {
        value: File {
            body: Body {
                items,
                span,
                missing_at: Span::new(id, 0, 0),
                json: true,
            },
        },
        diagnostics: builder.diagnostics,
    }
}

struct Builder {
    source: SourceId,
    diagnostics: Diagnostics,
}

impl Builder {
    /// Reads the properties of one object, or of all objects of an array.
    fn items(&mut self, node: &Node<'_>, around: Around, items: &mut Vec<Item>) {
        match &node.kind {
            NodeKind::Array(nodes) => {
                for node in nodes {
                    self.items(node, around, items);
                }
            }
            NodeKind::Object(entries) => {
                for (key, value) in entries {
                    self.property(key, value, around, items);
                }
            }
            _ => self.diagnostics.push(
                Diagnostic::error(
                    "Incorrect JSON value type",
                    "A JSON object is required here, setting the arguments for this block.",
                )
                .at(node.span),
            ),
        }
    }

    fn property(&mut self, key: &Key<'_>, value: &Node<'_>, around: Around, items: &mut Vec<Item>) {
        if key.text == "//" {
            return;
        }
        let name = Ident {
            name: nfc(&key.text),
            span: key.span,
        };
        if let Some((labels, inside)) = around.block(&key.text) {
            self.blocks(&name, value, (labels, Vec::new()), inside, items);
            return;
        }
        match self.expr(value, around.texts(&key.text)) {
            Ok(expr) => items.push(Item::Attribute(Attribute {
                span: name.span.to(expr.span),
                name,
                expr: Arc::new(expr),
            })),
            Err(d) => self.diagnostics.push(*d),
        }
    }

    /// Reads blocks: an object for each label, at last the body or an array of bodies.
    fn blocks(
        &mut self,
        kind: &Ident,
        node: &Node<'_>,
        (missing, labels): (usize, Vec<Label>),
        inside: Around,
        items: &mut Vec<Item>,
    ) {
        match &node.kind {
            NodeKind::Null | NodeKind::Array(_) | NodeKind::Object(_)
                if missing > 0 && is_empty(node) =>
            {
                let label = match (missing, &*kind.name) {
                    (2, _) | (_, "backend" | "provisioner" | "dynamic") => "type",
                    (_, "provider_meta") => "provider",
                    _ => "name",
                };
                self.diagnostics.push(
                    Diagnostic::error(
                        "Missing block label",
                        format!("At least one object property is required, whose name represents the {} block's {label}.", kind.name),
                    )
                    .at(Span { end: node.span.start + 1, ..node.span }),
                );
            }
            NodeKind::Null => {}
            NodeKind::Array(nodes) => {
                for node in nodes.iter().filter(|n| missing == 0 || !is_empty(n)) {
                    self.blocks(kind, node, (missing, labels.clone()), inside, items);
                }
            }
            NodeKind::Object(entries) if missing > 0 => {
                for (key, value) in entries {
                    let mut labels = labels.clone();
                    labels.push(Label {
                        text: nfc(&key.text),
                        span: key.span,
                    });
                    self.blocks(kind, value, (missing - 1, labels), inside, items);
                }
            }
            NodeKind::Object(_) => {
                let mut inner = Vec::new();
                self.items(node, inside, &mut inner);
                let brace = Span {
                    end: node.span.start + 1,
                    ..node.span
                };
                let header = labels.last().map_or(kind.span, |l| l.span);
                items.push(Item::Block(Block {
                    kind: kind.clone(),
                    labels,
                    body: Body {
                        items: inner,
                        span: node.span,
                        missing_at: brace,
                        json: true,
                    },
                    header,
                    span: header.to(node.span),
                }));
            }
            _ => self.diagnostics.push(
                Diagnostic::error(
                    "Incorrect JSON value type",
                    if missing > 0 {
                        "A JSON object is required, whose keys represent the block's labels."
                    } else {
                        "Either a JSON object or a JSON array is required, representing the contents of one or more blocks."
                    },
                )
                .at(node.span),
            ),
        }
    }

    fn expr(&self, node: &Node<'_>, texts: Texts) -> Parsed<Expr> {
        let kind = match &node.kind {
            NodeKind::Null => ExprKind::Literal(Value::NULL),
            NodeKind::Bool(b) => ExprKind::Literal(Value::from(*b)),
            NodeKind::Number(text) => match Number::parse(text) {
                Some(n) => ExprKind::Literal(Value::from(n)),
                None => {
                    return Err(error(
                        node.span,
                        "Invalid JSON number",
                        "There is a syntax error in the given JSON number.",
                    ));
                }
            },
            NodeKind::Text(text) => return self.text(text, node.span, texts),
            NodeKind::Array(nodes) => {
                let items = nodes.iter().map(|n| self.expr(n, texts));
                ExprKind::Tuple(items.collect::<Parsed<_>>()?)
            }
            NodeKind::Object(entries) => {
                unrepeated(entries)?;
                let items = entries.iter().map(|(key, value)| {
                    Ok(ObjectItem {
                        key: self.text(&key.text, key.span, texts)?,
                        value: self.expr(value, texts)?,
                    })
                });
                ExprKind::Object(items.collect::<Parsed<_>>()?)
            }
        };
        Ok(Expr {
            kind,
            span: node.span,
        })
    }

    fn text(&self, text: &str, span: Span, texts: Texts) -> Parsed<Expr> {
        let template = match texts {
            Texts::Expression => return self.written(text, span),
            Texts::Template => self.template(text, span)?,
            Texts::Plain => literal(text, span),
        };
        Ok(Expr {
            kind: ExprKind::Template(Box::new(template)),
            span,
        })
    }

    /// Reads a text that is an expression.
    fn written(&self, text: &str, span: Span) -> Parsed<Expr> {
        self.inside(text, span, token::code, |c| {
            let expr = c.expression()?;
            let rest = c.peek();
            if rest.kind == token::Kind::End {
                return Ok(expr);
            }
            Err(error(
                c.span(rest),
                "Extra characters after expression",
                "An expression was successfully parsed, but extra characters were found after it.",
            ))
        })
    }

    fn template(&self, text: &str, span: Span) -> Parsed<Template> {
        if !text.contains("${") && !text.contains("%{") {
            return Ok(literal(text, span));
        }
        self.inside(text, span, token::template, |c| c.whole_template())
    }

    /// Parses the content of a string; every part of it stands where the string stands.
    fn inside<T>(
        &self,
        text: &str,
        span: Span,
        lex: fn(SourceId, &str) -> token::Tokens,
        parse: impl FnOnce(&mut Cursor<'_>) -> Parsed<T>,
    ) -> Parsed<T> {
        let tokens = lex(self.source, text);
        let place = |mut d: Box<Diagnostic>| {
            if let Some(label) = &mut d.primary {
                label.span = span;
            }
            d
        };
        if let Some(d) = tokens.error {
            return Err(place(d));
        }
        let mut cursor = Cursor::fixed(span, text, &tokens.list);
        parse(&mut cursor).map_err(place)
    }
}

/// Tells whether no label comes from a value.
fn is_empty(node: &Node<'_>) -> bool {
    match &node.kind {
        NodeKind::Null => true,
        NodeKind::Array(nodes) => nodes.iter().all(is_empty),
        NodeKind::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

fn literal(text: &str, span: Span) -> Template {
    Template {
        parts: vec![TemplatePart::Literal(nfc(text), span)],
        heredoc: false,
    }
}

/// Refuses an object with two properties of one name.
fn unrepeated(entries: &[(Key<'_>, Node<'_>)]) -> Parsed<()> {
    let mut seen = std::collections::BTreeSet::new();
    match entries.iter().find(|(key, _)| !seen.insert(&*key.text)) {
        None => Ok(()),
        Some((key, _)) => Err(error(
            key.span,
            "Duplicate object attribute",
            format!(
                "An attribute named {:?} was already defined in this object.",
                key.text
            ),
        )),
    }
}
