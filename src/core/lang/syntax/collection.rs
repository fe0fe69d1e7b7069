//! Tuples, objects, `for` and function calls.

use bastionless_model::{
    base::{Diagnostic, Span},
    value::Value,
};

use super::{
    ast::{Expr, ExprKind, ForExpr, Ident, ObjectItem},
    cursor::{Cursor, Parsed, error, nfc},
    token::{Kind, Token},
};

impl Cursor<'_> {
    pub(super) fn tuple(&mut self) -> Parsed<Expr> {
        let open = self.read();
        let kind = self.with_newlines(false, |c| {
            if c.at_keyword("for") {
                return c.for_expression(open);
            }
            let mut items = Vec::new();
            loop {
                if c.eat(Kind::CloseBracket).is_some() {
                    break;
                }
                items.push(c.expression()?);
                let next = c.read();
                match next.kind {
                    Kind::CloseBracket => break,
                    Kind::Comma => {}
                    Kind::End => return Err(error(
                        c.span(open),
                        "Unterminated tuple constructor expression",
                        "There is no corresponding closing bracket before the end of the file. This may be caused by incorrect bracket nesting elsewhere in this file.",
                    )),
                    _ => return Err(error(
                        c.span(next),
                        "Missing item separator",
                        "Expected a comma to mark the beginning of the next item.",
                    )),
                }
            }
            Ok(ExprKind::Tuple(items))
        })?;
        Ok(Expr {
            kind,
            span: self.since(open),
        })
    }

    pub(super) fn object(&mut self) -> Parsed<Expr> {
        let open = self.read();
        let is_for = self.with_newlines(false, |c| c.at_keyword("for"));
        let kind = if is_for {
            self.with_newlines(false, |c| c.for_expression(open))?
        } else {
            self.with_newlines(true, |c| c.object_items(open))?
        };
        Ok(Expr {
            kind,
            span: self.since(open),
        })
    }

    fn object_items(&mut self, open: Token) -> Parsed<ExprKind> {
        let mut items = Vec::new();
        loop {
            if self.eat(Kind::Newline).is_some() {
                continue;
            }
            if self.eat(Kind::CloseBrace).is_some() {
                break;
            }
            if self.kind() == Kind::End {
                return Err(self.unterminated_object(open));
            }
            let key = self.expression()?;
            let separator = self.peek();
            if !matches!(separator.kind, Kind::Assign | Kind::Colon) {
                return Err(self.no_separator(open, separator));
            }
            self.read();
            let value = self.expression()?;
            items.push(ObjectItem {
                key: literal_key(key),
                value,
            });
            let next = self.read();
            match next.kind {
                Kind::CloseBrace => break,
                Kind::Comma | Kind::Newline => {}
                Kind::End => return Err(self.unterminated_object(open)),
                _ => {
                    return Err(error(
                        self.span(next),
                        "Missing attribute separator",
                        "Expected a newline or comma to mark the beginning of the next attribute.",
                    ));
                }
            }
        }
        Ok(ExprKind::Object(items))
    }

    fn unterminated_object(&self, open: Token) -> Box<Diagnostic> {
        error(
            self.span(open),
            "Unterminated object constructor expression",
            "There is no corresponding closing brace before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.",
        )
    }

    fn no_separator(&self, open: Token, next: Token) -> Box<Diagnostic> {
        let (summary, detail) = match next.kind {
            Kind::End => return self.unterminated_object(open),
            Kind::Newline | Kind::Comma => (
                "Missing attribute value",
                "Expected an attribute value, introduced by an equals sign (\"=\").",
            ),
            Kind::Ident => (
                "Missing key/value separator",
                "Expected an equals sign (\"=\") to mark the beginning of the attribute value. If you intended to given an attribute name containing periods or spaces, write the name in quotes to create a string literal.",
            ),
            _ => (
                "Missing key/value separator",
                "Expected an equals sign (\"=\") to mark the beginning of the attribute value.",
            ),
        };
        error(self.span(next), summary, detail)
    }

    fn for_error<T>(&self, span: Span, detail: &str) -> Parsed<T> {
        Err(error(span, "Invalid 'for' expression", detail))
    }

    fn for_name(&mut self, missing: &str) -> Parsed<Ident> {
        let token = self.peek();
        if token.kind != Kind::Ident {
            return self.for_error(self.span(token), missing);
        }
        self.read();
        Ok(self.ident(token))
    }

    /// Parses from `for` to the closing bracket or brace.
    fn for_expression(&mut self, open: Token) -> Parsed<ExprKind> {
        let object = open.kind == Kind::OpenBrace;
        self.read();
        let mut value = self.for_name("For expression requires variable name after 'for'.")?;
        let mut key = None;
        if self.eat(Kind::Comma).is_some() {
            key = Some(value);
            value = self.for_name("For expression requires value variable name after comma.")?;
        }
        if !self.at_keyword("in") {
            return self.for_error(
                self.span(self.peek()),
                "For expression requires the 'in' keyword after its name declarations.",
            );
        }
        self.read();
        let collection = self.expression()?;
        let colon = self.peek();
        if colon.kind != Kind::Colon {
            return self.for_error(
                self.span(colon),
                "For expression requires a colon after the collection expression.",
            );
        }
        self.read();
        let mut result = self.expression()?;
        let mut result_key = None;
        if self.eat(Kind::FatArrow).is_some() {
            result_key = Some(result);
            result = self.expression()?;
        }
        let ellipsis = self.eat(Kind::Ellipsis);
        let condition = if self.at_keyword("if") {
            self.read();
            Some(self.expression()?)
        } else {
            None
        };
        let close = self.read();
        let closes = if object {
            Kind::CloseBrace
        } else {
            Kind::CloseBracket
        };
        if close.kind != closes {
            return self.for_error(
                self.span(close),
                "Extra characters after the end of the 'for' expression.",
            );
        }
        match (object, &result_key, ellipsis) {
            (true, None, _) => self.for_error(
                result.span,
                "Key expression is required when building an object.",
            ),
            (false, Some(key), _) => self.for_error(
                key.span,
                "Key expression is not valid when building a tuple.",
            ),
            (false, None, Some(dots)) => self.for_error(
                self.span(dots),
                "Grouping ellipsis (...) cannot be used when building a tuple.",
            ),
            _ => Ok(ExprKind::For(Box::new(ForExpr {
                key,
                value,
                collection,
                result_key,
                result,
                group: ellipsis.is_some(),
                condition,
            }))),
        }
    }

    /// Parses `::name…(args)` after the first name.
    pub(super) fn call(&mut self, first: Token) -> Parsed<Expr> {
        let mut name = self.text_of(first).to_owned();
        let mut open = self.read();
        let mut last = first;
        while open.kind == Kind::DoubleColon {
            let part = self.read();
            if part.kind != Kind::Ident {
                return Err(error(
                    self.span(part),
                    "Missing function name",
                    "Function scope resolution symbol :: must be followed by a function name in this scope.",
                ));
            }
            name.push_str("::");
            name.push_str(self.text_of(part));
            last = part;
            open = self.read();
        }
        let name = Ident {
            name: nfc(&name),
            span: self.span(first).to(self.span(last)),
        };
        if open.kind != Kind::OpenParen {
            return Err(error(
                self.span(open),
                "Missing open parenthesis",
                "Function selector must be followed by an open parenthesis to begin the function call.",
            ));
        }
        let (args, expand) = self.with_newlines(false, |c| c.arguments(&name, open))?;
        Ok(Expr {
            kind: ExprKind::Call {
                name,
                args,
                expand,
                parens: self.since(open),
            },
            span: self.since(first),
        })
    }

    fn arguments(&mut self, name: &Ident, open: Token) -> Parsed<(Vec<Expr>, bool)> {
        let mut args = Vec::new();
        loop {
            if self.eat(Kind::CloseParen).is_some() {
                return Ok((args, false));
            }
            args.push(self.expression()?);
            let next = self.read();
            match next.kind {
                Kind::CloseParen => return Ok((args, false)),
                Kind::Comma => {}
                Kind::Ellipsis if self.kind() == Kind::CloseParen => {
                    self.read();
                    return Ok((args, true));
                }
                Kind::Ellipsis => {
                    return Err(error(
                        self.span(next),
                        "Missing closing parenthesis",
                        "An expanded function argument (with ...) must be immediately followed by closing parentheses.",
                    ));
                }
                Kind::End => {
                    return Err(error(
                        name.span.to(self.span(open)),
                        "Unterminated function call",
                        "There is no closing parenthesis for this function call before the end of the file. This may be caused by incorrect parenthesis nesting elsewhere in this file.",
                    ));
                }
                _ => {
                    return Err(error(
                        self.span(next),
                        "Missing argument separator",
                        "A comma is required to separate each function argument from the next.",
                    ));
                }
            }
        }
    }
}

/// A bare name as key is a text; so are `true`, `false` and `null`.
fn literal_key(key: Expr) -> Expr {
    let text = match &key.kind {
        ExprKind::Traversal { root, steps } if steps.is_empty() => root.name.clone(),
        ExprKind::Literal(v) if v.is_null() => "null".into(),
        ExprKind::Literal(v) => match v.as_bool() {
            Some(true) => "true".into(),
            Some(false) => "false".into(),
            None => return key,
        },
        _ => return key,
    };
    Expr {
        kind: ExprKind::Literal(Value::from(text)),
        span: key.span,
    }
}
