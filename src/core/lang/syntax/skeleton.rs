//! The structure of a file: attributes with their expressions, and blocks.

use std::{collections::HashMap, sync::Arc};

use bastionless_model::base::{Diagnostic, Diagnostics, SourceId, Span};

use super::{
    ast::{Attribute, Block, Body, Item, Label},
    cursor::{Cursor, Parsed, error, nfc},
    escape,
    token::{Kind, Token, Tokens},
};

/// How deep blocks may nest.
const MAX_BLOCKS: usize = 50;

/// How many syntax errors of one file are told.
const MAX_ERRORS: usize = 20;

struct Scanner<'a> {
    cursor: Cursor<'a>,
    diagnostics: Diagnostics,
    /// What made items unreadable.
    errors: Vec<Diagnostic>,
    /// No sense is to be made of what follows.
    stopped: bool,
    depth: usize,
}

/// Reads the items of a file; items with an error are left out, and so are the blocks around them.
pub(super) fn read(source: SourceId, text: &str, tokens: &Tokens) -> (Vec<Item>, Diagnostics) {
    let mut scanner = Scanner {
        cursor: Cursor::new(source, text, &tokens.list, true),
        diagnostics: Diagnostics::default(),
        errors: Vec::new(),
        stopped: false,
        depth: 0,
    };
    let items = scanner.file();
    let mut diagnostics = scanner.diagnostics;
    let first = tokens.error.clone();
    // What follows an invalid character is a consequence of it.
    let own = scanner
        .errors
        .into_iter()
        .filter(|d| first.as_ref().is_none_or(|f| start(d) < start(f)));
    let first = first.iter().map(|d| (**d).clone());
    diagnostics.0.extend(first.chain(own));
    (items, diagnostics)
}

fn start(diagnostic: &Diagnostic) -> u32 {
    diagnostic.primary.as_ref().map_or(0, |l| l.span.start)
}

impl Scanner<'_> {
    /// Reads the items of the file.
    fn file(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        let mut names = HashMap::new();
        while self.cursor.kind() != Kind::End && !self.stopped {
            items.extend(self.readable_item(&mut names, false));
        }
        items
    }

    /// Reads one item; one with an error is skipped.
    fn readable_item(&mut self, names: &mut HashMap<String, Span>, in_block: bool) -> Option<Item> {
        let (from, depth, errors) = (self.cursor.place(), self.depth, self.errors.len());
        let opens = self.cursor.kind() == Kind::OpenBrace;
        let d = match self.item(names) {
            Ok(item) => return item,
            Err(d) => *d,
        };
        self.depth = depth;
        let bad = start(&d);
        // The body of a block whose header was wrong says nothing new; neither does the end of the file.
        if !(opens && errors > 0) {
            self.errors.push(d);
        }
        self.cursor.skip_item(from, bad, in_block);
        self.stopped |= self.cursor.kind() == Kind::End || self.errors.len() >= MAX_ERRORS;
        None
    }

    fn required<T>(&self, token: Token, detail: &'static str) -> Parsed<T> {
        let span = self.cursor.span(token);
        Err(error(span, "Argument or block definition required", detail))
    }

    /// Reads one item or newline of a body.
    fn item(&mut self, names: &mut HashMap<String, Span>) -> Parsed<Option<Item>> {
        let next = self.cursor.read();
        match next.kind {
            Kind::Newline => Ok(None),
            Kind::Ident => match self.cursor.kind() {
                Kind::Assign => self.attribute(next, names, false),
                Kind::OpenQuote | Kind::OpenBrace | Kind::Ident => {
                    Ok(self.block(next)?.map(Item::Block))
                }
                _ => self.required(next, NAME_ALONE),
            },
            Kind::OpenQuote => Err(error(
                self.cursor.span(next),
                "Invalid argument name",
                "Argument names must not be quoted.",
            )),
            _ => self.required(next, "An argument or block definition is required here."),
        }
    }

    fn attribute(
        &mut self,
        name: Token,
        names: &mut HashMap<String, Span>,
        one_line: bool,
    ) -> Parsed<Option<Item>> {
        self.cursor.read();
        let expr = self.cursor.expression()?;
        if !one_line {
            let end = self.cursor.peek();
            match end.kind {
                Kind::Newline => {
                    self.cursor.read();
                }
                Kind::End => {}
                Kind::Comma => {
                    return Err(error(
                        self.cursor.span(end),
                        "Unexpected comma after argument",
                        "Argument definitions must be separated by newlines, not commas. An argument definition must end with a newline.",
                    ));
                }
                _ => {
                    return Err(error(
                        self.cursor.span(end),
                        "Missing newline after argument",
                        "An argument definition must end with a newline.",
                    ));
                }
            }
        }
        let span = self.cursor.span(name);
        let text = self.cursor.text_of(name);
        if let Some(first) = names.get(text) {
            self.diagnostics.push(
                Diagnostic::error(
                    "Attribute redefined",
                    format!("The argument \"{text}\" was already set. Each argument may be set only once."),
                )
                .at(span)
                .context(*first, "it was set here first"),
            );
            return Ok(None);
        }
        names.insert(text.to_owned(), span);
        Ok(Some(Item::Attribute(Attribute {
            span: span.to(expr.span),
            name: self.cursor.ident(name),
            expr: Arc::new(expr),
        })))
    }

    /// Reads a block; nothing is left of one in which something is wrong.
    fn block(&mut self, kind: Token) -> Parsed<Option<Block>> {
        let errors = self.errors.len();
        let mut labels = Vec::new();
        let mut header = self.cursor.span(kind);
        let open = loop {
            let token = self.cursor.read();
            let label = match token.kind {
                Kind::OpenBrace => break token,
                Kind::OpenQuote => self.quoted_label(token)?,
                Kind::Ident => {
                    let name = self.cursor.ident(token);
                    Label {
                        text: name.name,
                        span: name.span,
                    }
                }
                _ => return Err(self.bad_header(token)),
            };
            header = header.to(label.span);
            labels.push(label);
        };
        self.depth += 1;
        if self.depth > MAX_BLOCKS {
            return Err(error(
                self.cursor.span(kind),
                "Blocks too deeply nested",
                format!("Blocks may be nested at most {MAX_BLOCKS} levels deep."),
            ));
        }
        let (items, close) = match self.cursor.kind() {
            Kind::Newline | Kind::End | Kind::CloseBrace => self.body(open)?,
            _ => self.one_line(open)?,
        };
        self.depth -= 1;
        if self.stopped {
            return Ok(None);
        }
        let end = self.cursor.peek();
        match end.kind {
            Kind::Newline => {
                self.cursor.read();
            }
            Kind::End => {}
            _ => {
                return Err(error(
                    self.cursor.span(end),
                    "Missing newline after block definition",
                    "A block definition must end with a newline.",
                ));
            }
        }
        if self.errors.len() > errors {
            return Ok(None);
        }
        let (open, close) = (self.cursor.span(open), self.cursor.span(close));
        let kind = self.cursor.ident(kind);
        Ok(Some(Block {
            span: kind.span.to(close),
            kind,
            labels,
            body: Body {
                items,
                span: Span {
                    start: open.end,
                    end: close.start,
                    ..open
                },
                missing_at: open,
                json: false,
            },
            header,
        }))
    }

    fn bad_header(&self, token: Token) -> Box<Diagnostic> {
        let detail = match token.kind {
            Kind::Assign => {
                "The equals sign \"=\" indicates an argument definition, and must not be used when defining a block."
            }
            Kind::Newline => {
                "A block definition must have block content delimited by \"{\" and \"}\", starting on the same line as the block header."
            }
            _ => "Either a quoted string block label or an opening brace (\"{\") is expected here.",
        };
        error(self.cursor.span(token), "Invalid block definition", detail)
    }

    fn quoted_label(&mut self, open: Token) -> Parsed<Label> {
        let mut text = String::new();
        loop {
            let token = self.cursor.read();
            let (summary, detail) = match token.kind {
                Kind::CloseQuote => break,
                Kind::QuotedText => {
                    let raw = self.cursor.text_of(token);
                    text.push_str(&escape::quoted(
                        self.cursor.source,
                        token.start as usize,
                        raw,
                    )?);
                    continue;
                }
                Kind::Interpolation => (
                    "Invalid string literal",
                    "Template sequences are not allowed in this string. To include a literal \"$\", double it (as \"$$\") to escape it.",
                ),
                Kind::Control => (
                    "Invalid string literal",
                    "Template sequences are not allowed in this string. To include a literal \"%\", double it (as \"%%\") to escape it.",
                ),
                Kind::End => (
                    "Unterminated string literal",
                    "Unable to find the closing quote mark before the end of the file.",
                ),
                _ => (
                    "Invalid string literal",
                    "This item is not valid in a string literal.",
                ),
            };
            return Err(error(self.cursor.span(token), summary, detail));
        }
        Ok(Label {
            text: nfc(&text),
            span: self.cursor.since(open),
        })
    }

    fn body(&mut self, open: Token) -> Parsed<(Vec<Item>, Token)> {
        let mut items = Vec::new();
        let mut names = HashMap::new();
        loop {
            match self.cursor.kind() {
                _ if self.stopped => return Ok((items, open)),
                Kind::CloseBrace => return Ok((items, self.cursor.read())),
                Kind::End => return Err(self.unclosed(open)),
                _ => items.extend(self.readable_item(&mut names, true)),
            }
        }
    }

    fn unclosed(&self, open: Token) -> Box<Diagnostic> {
        error(
            self.cursor.span(open),
            "Unclosed configuration block",
            "There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.",
        )
    }

    /// `kind { name = value }`
    fn one_line(&mut self, open: Token) -> Parsed<(Vec<Item>, Token)> {
        let name = self.cursor.read();
        if name.kind != Kind::Ident {
            return self.required(name, "An argument or block definition is required here.");
        }
        let item = match self.cursor.kind() {
            Kind::Assign => self.attribute(name, &mut HashMap::new(), true)?,
            Kind::OpenQuote | Kind::OpenBrace | Kind::Ident => {
                let text = self.cursor.text_of(name);
                let next = self.cursor.span(self.cursor.peek());
                return Err(error(
                    self.cursor.span(name).to(next),
                    "Argument definition required",
                    format!(
                        "A single-line block definition can contain only a single argument. If you meant to define argument \"{text}\", use an equals sign to assign it a value. To define a nested block, place it on a line of its own within its parent block."
                    ),
                ));
            }
            _ => return self.required(name, NAME_ALONE),
        };
        let close = self.cursor.read();
        match close.kind {
            Kind::CloseBrace => Ok((item.into_iter().collect(), close)),
            Kind::End => Err(self.unclosed(open)),
            Kind::Comma => Err(error(
                self.cursor.span(close),
                "Invalid single-argument block definition",
                "Single-line block syntax can include only one argument definition. To define multiple arguments, use the multi-line block syntax with one argument definition per line.",
            )),
            _ => Err(error(
                self.cursor.span(close),
                "Invalid single-argument block definition",
                "A single-line block definition must end with a closing brace immediately after its single argument definition.",
            )),
        }
    }
}

const NAME_ALONE: &str = "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to introduce the argument value.";
