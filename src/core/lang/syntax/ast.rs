//! The syntax tree.

use std::sync::Arc;

use bastionless_model::{base::Span, value::Value};

/// A name with its place.
#[derive(Clone, Debug)]
pub struct Ident {
    /// The name, NFC.
    pub name: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// A parsed file.
#[derive(Clone, Debug)]
pub struct File {
    /// Everything in it.
    pub body: Body,
}

/// Attributes and blocks in the order of writing.
#[derive(Clone, Debug)]
pub struct Body {
    /// The items.
    pub items: Vec<Item>,
    /// From after the opening brace to the closing one; for "missing argument" messages see [`Body::missing_at`].
    pub span: Span,
    /// Where Terraform points when something is missing: the end of the header of the block, or the file's end.
    pub missing_at: Span,
    /// Written in JSON syntax: nested blocks of a resource type stand here as arguments until a schema is known.
    pub json: bool,
}

/// An attribute or a block.
#[derive(Clone, Debug)]
pub enum Item {
    /// `name = expression`
    Attribute(Attribute),
    /// `type "label" { … }`
    Block(Block),
}

/// `name = expression`
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The name.
    pub name: Ident,
    /// The value.
    pub expr: Arc<Expr>,
    /// The whole attribute.
    pub span: Span,
}

/// A block label.
#[derive(Clone, Debug)]
pub struct Label {
    /// Its text.
    pub text: Arc<str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// `type "label" … { … }`
#[derive(Clone, Debug)]
pub struct Block {
    /// The type.
    pub kind: Ident,
    /// The labels.
    pub labels: Vec<Label>,
    /// What is inside.
    pub body: Body,
    /// From the type to the last label: what Terraform underlines.
    pub header: Span,
    /// The whole block.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A number, `true`, `false` or `null`; from JSON syntax any constant.
    Literal(Value),
    /// A quoted string or heredoc.
    Template(Box<Template>),
    /// `[a, b]`
    Tuple(Vec<Expr>),
    /// `{ a = b }`
    Object(Vec<ObjectItem>),
    /// `a.b[0].c`: a root name and steps whose keys are constants, as far as they are.
    Traversal {
        /// `a`
        root: Ident,
        /// The steps.
        steps: Vec<TraversalStep>,
    },
    /// Steps after any other expression.
    Relative {
        /// What the steps start from.
        on: Box<Expr>,
        /// The steps.
        steps: Vec<TraversalStep>,
    },
    /// `on[key]` with a key that is no constant.
    Index {
        /// The collection.
        on: Box<Expr>,
        /// The key.
        key: Box<Expr>,
        /// `[key]`
        brackets: Span,
    },
    /// `on[*].steps` and `on.*.steps`; the body sees each element through [`ExprKind::SplatItem`].
    Splat {
        /// The collection.
        on: Box<Expr>,
        /// What is done with each element.
        each: Box<Expr>,
        /// The `[*]` or `.*`.
        marker: Span,
    },
    /// The element inside the body of the innermost splat.
    SplatItem,
    /// `name(args)`
    Call {
        /// The function, with its namespace such as `core::` or `provider::aws::`.
        name: Ident,
        /// The arguments.
        args: Vec<Expr>,
        /// The last argument ends in `…`.
        expand: bool,
        /// From the opening to the closing parenthesis.
        parens: Span,
    },
    /// `condition ? then : otherwise`
    Conditional {
        /// The condition.
        condition: Box<Expr>,
        /// If true.
        then: Box<Expr>,
        /// If false.
        otherwise: Box<Expr>,
    },
    /// `left op right`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `op operand`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: Box<Expr>,
    },
    /// `[for …]` and `{for …}`
    For(Box<ForExpr>),
    /// `(inner)`
    Parens(Box<Expr>),
}

/// One item of an object constructor.
#[derive(Clone, Debug)]
pub struct ObjectItem {
    /// The key; a bare name is a [`ExprKind::Literal`] text here, `(name)` stays an expression in [`ExprKind::Parens`].
    pub key: Expr,
    /// The value.
    pub value: Expr,
}

/// One step of a traversal.
#[derive(Clone, Debug)]
pub enum TraversalStep {
    /// `.name`; the span includes the dot.
    Attribute(Ident),
    /// `[0]`, `["key"]`, or the legacy `.0`
    Index(Value, Span),
}

/// A `for` expression.
#[derive(Clone, Debug)]
pub struct ForExpr {
    /// `for key, value in`
    pub key: Option<Ident>,
    /// `for value in`
    pub value: Ident,
    /// What is iterated over.
    pub collection: Expr,
    /// Of the object form: the key of each entry.
    pub result_key: Option<Expr>,
    /// The value of each entry.
    pub result: Expr,
    /// The object form ends in `...`.
    pub group: bool,
    /// `if …`
    pub condition: Option<Expr>,
}

/// A template: strip markers applied, dedent done, escapes resolved.
#[derive(Clone, Debug)]
pub struct Template {
    /// The parts. One interpolation alone keeps the type of its value.
    pub parts: Vec<TemplatePart>,
    /// Written as heredoc.
    pub heredoc: bool,
}

/// A part of a template.
#[derive(Clone, Debug)]
pub enum TemplatePart {
    /// Text.
    Literal(Arc<str>, Span),
    /// `${expr}`
    Interpolation(Expr),
    /// `%{if}`
    If {
        /// The condition.
        condition: Expr,
        /// If true.
        then: Vec<TemplatePart>,
        /// If false.
        otherwise: Vec<TemplatePart>,
        /// The whole directive.
        span: Span,
    },
    /// `%{for}`
    For {
        /// Optional key name.
        key: Option<Ident>,
        /// Value name.
        value: Ident,
        /// What is iterated over.
        collection: Expr,
        /// What is repeated.
        body: Vec<TemplatePart>,
        /// The whole directive.
        span: Span,
    },
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum UnaryOp {
    Negate,
    Not,
}

impl Body {
    /// Returns the attributes in order.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.items.iter().filter_map(|i| match i {
            Item::Attribute(a) => Some(a),
            Item::Block(_) => None,
        })
    }

    /// Returns the blocks in order.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.items.iter().filter_map(|i| match i {
            Item::Block(b) => Some(b),
            Item::Attribute(_) => None,
        })
    }

    /// Returns an attribute by name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes().find(|a| &*a.name.name == name)
    }
}
