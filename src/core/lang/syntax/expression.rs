//! Expressions: operators by precedence, then terms with their traversals.

use bastionless_model::{
    base::{Diagnostic, Span},
    value::{Number, Value},
};

use super::{
    ast::{BinaryOp, Expr, ExprKind, TemplatePart, TraversalStep, UnaryOp},
    cursor::{Cursor, Parsed, error},
    token::{Kind, Token},
};

/// How many operators of one precedence may follow each other: the tree is that deep.
const MAX_CHAIN: usize = 2000;

fn operator(kind: Kind) -> Option<(u8, BinaryOp)> {
    Some(match kind {
        Kind::Or => (1, BinaryOp::Or),
        Kind::And => (2, BinaryOp::And),
        Kind::Equal => (3, BinaryOp::Equal),
        Kind::NotEqual => (3, BinaryOp::NotEqual),
        Kind::Less => (4, BinaryOp::Less),
        Kind::LessEqual => (4, BinaryOp::LessEqual),
        Kind::Greater => (4, BinaryOp::Greater),
        Kind::GreaterEqual => (4, BinaryOp::GreaterEqual),
        Kind::Plus => (5, BinaryOp::Add),
        Kind::Minus => (5, BinaryOp::Subtract),
        Kind::Star => (6, BinaryOp::Multiply),
        Kind::Slash => (6, BinaryOp::Divide),
        Kind::Percent => (6, BinaryOp::Remainder),
        _ => return None,
    })
}

impl Cursor<'_> {
    /// Parses a whole expression.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.deeper(Self::conditional)
    }

    fn conditional(&mut self) -> Parsed<Expr> {
        let condition = self.binary(1)?;
        if self.eat(Kind::Question).is_none() {
            return Ok(condition);
        }
        let then = self.expression()?;
        let colon = self.peek();
        if colon.kind != Kind::Colon {
            return Err(error(
                self.span(colon),
                "Missing false expression in conditional",
                "The conditional operator (...?...:...) requires a false expression, delimited by a colon.",
            ));
        }
        self.read();
        let otherwise = self.expression()?;
        Ok(Expr {
            span: condition.span.to(otherwise.span),
            kind: ExprKind::Conditional {
                condition: Box::new(condition),
                then: Box::new(then),
                otherwise: Box::new(otherwise),
            },
        })
    }

    fn binary(&mut self, least: u8) -> Parsed<Expr> {
        let outer = self.take_height();
        let mut left = self.term_with_traversals()?;
        let mut chain = 0;
        while let Some((precedence, op)) = operator(self.kind()) {
            if precedence < least {
                break;
            }
            let token = self.read();
            chain += 1;
            if chain > MAX_CHAIN {
                return Err(error(
                    self.span(token),
                    "Expression too long",
                    format!(
                        "An expression may chain at most {MAX_CHAIN} operators. Give a part of it a name in a `locals` block."
                    ),
                ));
            }
            let below = self.take_height();
            let right = self.binary(precedence + 1)?;
            self.beside(below);
            self.raise(1, token)?;
            left = Expr {
                span: left.span.to(right.span),
                kind: ExprKind::Binary {
                    op,
                    left: Box::new(left),
                    right: Box::new(right),
                },
            };
        }
        self.beside(outer);
        Ok(left)
    }

    pub(super) fn term_with_traversals(&mut self) -> Parsed<Expr> {
        let outer = self.take_height();
        let term = self.term()?;
        let whole = self.traversals(term)?;
        self.beside(outer);
        Ok(whole)
    }

    fn term(&mut self) -> Parsed<Expr> {
        let start = self.peek();
        match start.kind {
            Kind::OpenParen => self.parens(),
            Kind::Number => {
                self.read();
                Ok(self.literal(start, self.number(start)?))
            }
            Kind::Ident => self.name(),
            Kind::OpenQuote | Kind::OpenHeredoc => {
                self.read();
                self.quoted_template(start)
            }
            Kind::Minus => self.deeper(|c| c.unary(UnaryOp::Negate)),
            Kind::Bang => self.deeper(|c| c.unary(UnaryOp::Not)),
            Kind::OpenBracket => self.tuple(),
            Kind::OpenBrace => self.object(),
            Kind::End => Err(error(
                self.span(start),
                "Missing expression",
                "Expected the start of an expression, but found the end of the file.",
            )),
            _ => Err(error(
                self.span(start),
                "Invalid expression",
                "Expected the start of an expression, but found an invalid expression token.",
            )),
        }
    }

    pub(super) fn literal(&self, token: Token, value: Value) -> Expr {
        Expr {
            kind: ExprKind::Literal(value),
            span: self.span(token),
        }
    }

    fn number(&self, token: Token) -> Parsed<Value> {
        Number::parse(self.text_of(token))
            .map(Value::from)
            .ok_or_else(|| {
                error(
                    self.span(token),
                    "Invalid number literal",
                    format!(
                        "Numbers lie between 1e-{0} and 1e{0}: more digits than that are not written out.",
                        Number::FARTHEST,
                    ),
                )
            })
    }

    fn name(&mut self) -> Parsed<Expr> {
        let token = self.read();
        if matches!(self.kind(), Kind::OpenParen | Kind::DoubleColon) {
            return self.call(token);
        }
        let kind = match self.text_of(token) {
            "true" => ExprKind::Literal(Value::from(true)),
            "false" => ExprKind::Literal(Value::from(false)),
            "null" => ExprKind::Literal(Value::NULL),
            _ => ExprKind::Traversal {
                root: self.ident(token),
                steps: Vec::new(),
            },
        };
        Ok(Expr {
            kind,
            span: self.span(token),
        })
    }

    fn parens(&mut self) -> Parsed<Expr> {
        let open = self.read();
        let inner = self.with_newlines(false, |c| {
            let inner = c.expression()?;
            let close = c.peek();
            if close.kind != Kind::CloseParen {
                return Err(error(
                    c.span(close),
                    "Unbalanced parentheses",
                    "Expected a closing parenthesis to terminate the expression.",
                ));
            }
            c.read();
            Ok(inner)
        })?;
        Ok(Expr {
            kind: ExprKind::Parens(Box::new(inner)),
            span: self.since(open),
        })
    }

    fn unary(&mut self, op: UnaryOp) -> Parsed<Expr> {
        let sign = self.read();
        let operand = self.term_with_traversals()?;
        Ok(Expr {
            span: self.span(sign).to(operand.span),
            kind: ExprKind::Unary {
                op,
                operand: Box::new(operand),
            },
        })
    }

    /// Returns the span from a token to the last one read.
    pub(super) fn since(&self, start: Token) -> Span {
        self.span(start).to(self.span(self.last()))
    }

    /// Parses what follows a term: `.name`, `[key]`, `[*]`, `.*`, `.0`.
    pub(super) fn traversals(&mut self, mut on: Expr) -> Parsed<Expr> {
        let mut chain = 0;
        loop {
            match self.kind() {
                Kind::Dot => {
                    let dot = self.read();
                    let next = self.read();
                    on = match next.kind {
                        Kind::Ident => {
                            let mut name = self.ident(next);
                            name.span = self.span(dot).to(name.span);
                            add_step(on, TraversalStep::Attribute(name))
                        }
                        Kind::Number => {
                            let value = self.legacy_index(
                                next,
                                self.span(next),
                                "Use the proper index syntax instead, like",
                            )?;
                            add_step(on, TraversalStep::Index(value, self.since(dot)))
                        }
                        Kind::Star => self.legacy_splat(on, dot, next)?,
                        _ => return Err(self.no_attribute_name(next)),
                    };
                }
                Kind::OpenBracket => {
                    chain += 1;
                    if chain > MAX_CHAIN {
                        let token = self.peek();
                        return Err(error(
                            self.span(token),
                            "Expression too long",
                            format!("An expression may chain at most {MAX_CHAIN} indexes."),
                        ));
                    }
                    let token = self.peek();
                    on = self.index(on)?;
                    self.raise(1, token)?;
                }
                _ => return Ok(on),
            }
        }
    }

    fn no_attribute_name(&self, token: Token) -> Box<Diagnostic> {
        error(
            self.span(token),
            "Invalid attribute name",
            "An attribute name is required after a dot.",
        )
    }

    fn legacy_index(&self, token: Token, at: Span, advice: &str) -> Parsed<Value> {
        if let Some((first, second)) = self.text_of(token).split_once('.') {
            return Err(error(
                at,
                "Invalid legacy index syntax",
                format!(
                    "When using the legacy index syntax, chaining two indexes together is not permitted. {advice} [{first}][{second}]."
                ),
            ));
        }
        self.number(token)
    }

    /// `on.*` takes attributes and legacy indexes, nothing else; what follows applies to the result as a whole.
    fn legacy_splat(&mut self, on: Expr, dot: Token, star: Token) -> Parsed<Expr> {
        let marker = self.since(dot);
        let mut each = Expr {
            kind: ExprKind::SplatItem,
            span: marker,
        };
        while self.kind() == Kind::Dot {
            let dot = self.read();
            let next = self.read();
            each = match next.kind {
                Kind::Ident => {
                    let mut name = self.ident(next);
                    name.span = self.span(dot).to(name.span);
                    add_step(each, TraversalStep::Attribute(name))
                }
                Kind::Number => {
                    let value = self.legacy_index(
                        next,
                        self.span(star),
                        "Use the proper index syntax with a full splat expression [*] instead, like",
                    )?;
                    add_step(each, TraversalStep::Index(value, self.since(dot)))
                }
                Kind::Star => {
                    return Err(error(
                        self.span(next),
                        "Nested splat expression not allowed",
                        "A splat expression (*) cannot be used inside another attribute-only splat expression.",
                    ));
                }
                _ => return Err(self.no_attribute_name(star)),
            };
        }
        Ok(splat(on, each, marker))
    }

    fn index(&mut self, on: Expr) -> Parsed<Expr> {
        let open = self.read();
        if self.kind() == Kind::Star {
            self.read();
            let close = self.read();
            if close.kind != Kind::CloseBracket {
                return Err(error(
                    self.span(close),
                    "Missing close bracket on splat index",
                    "The star for a full splat operator must be immediately followed by a closing bracket (\"]\").",
                ));
            }
            let marker = self.since(open);
            let item = Expr {
                kind: ExprKind::SplatItem,
                span: marker,
            };
            let each = self.deeper(|c| c.traversals(item))?;
            return Ok(splat(on, each, marker));
        }
        let key = self.with_newlines(false, |c| {
            let key = c.expression()?;
            let close = c.read();
            if close.kind != Kind::CloseBracket {
                return Err(error(
                    c.span(close),
                    "Missing close bracket on index",
                    "The index operator must end with a closing bracket (\"]\").",
                ));
            }
            Ok(key)
        })?;
        let brackets = self.since(open);
        Ok(match constant_key(&key) {
            Some(value) => add_step(on, TraversalStep::Index(value, brackets)),
            None => Expr {
                span: on.span.to(brackets),
                kind: ExprKind::Index {
                    on: Box::new(on),
                    key: Box::new(key),
                    brackets,
                },
            },
        })
    }
}

fn splat(on: Expr, each: Expr, marker: Span) -> Expr {
    Expr {
        span: on.span.to(each.span),
        kind: ExprKind::Splat {
            on: Box::new(on),
            each: Box::new(each),
            marker,
        },
    }
}

/// Returns the value of a key that is a literal or a string without sequences.
fn constant_key(key: &Expr) -> Option<Value> {
    match &key.kind {
        ExprKind::Literal(v) => Some(v.clone()),
        ExprKind::Template(t) => match t.parts.as_slice() {
            [TemplatePart::Literal(text, _)] => Some(Value::from(text.clone())),
            _ => None,
        },
        _ => None,
    }
}

fn add_step(on: Expr, step: TraversalStep) -> Expr {
    let end = match &step {
        TraversalStep::Attribute(name) => name.span,
        TraversalStep::Index(_, span) => *span,
    };
    let span = on.span.to(end);
    let kind = match on.kind {
        ExprKind::Traversal { root, mut steps } => {
            steps.push(step);
            ExprKind::Traversal { root, steps }
        }
        ExprKind::Relative { on, mut steps } => {
            steps.push(step);
            ExprKind::Relative { on, steps }
        }
        kind => ExprKind::Relative {
            on: Box::new(Expr {
                kind,
                span: on.span,
            }),
            steps: vec![step],
        },
    };
    Expr { kind, span }
}
