//! Walks over tokens; newlines are seen or not, as the construct around says.

use std::sync::Arc;

use bastionless_model::base::{Diagnostic, SourceId, Span};
use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

use super::{
    ast::Ident,
    token::{Kind, Token},
};

/// A result that ends parsing at the first error.
pub(super) type Parsed<T> = Result<T, Box<Diagnostic>>;

/// How deep expressions may nest before they are refused.
const MAX_DEPTH: usize = 200;

/// How high the tree of an expression may become: a chain of operators adds a level with each, and brackets hold chains.
/// Walking over a tree takes stack for every level.
const MAX_HEIGHT: usize = 2300;

/// The parser's place in the tokens.
pub(super) struct Cursor<'a> {
    pub(super) source: SourceId,
    pub(super) text: &'a str,
    tokens: &'a [Token],
    at: usize,
    /// End of the last token read.
    last: Token,
    newlines: Vec<bool>,
    depth: usize,
    /// How high the trees are that were made since this was set to 0.
    height: usize,
    /// All tokens stand here: the text is the content of a string of another syntax.
    fixed: Option<Span>,
}

fn is_opener(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::OpenBrace
            | Kind::OpenBracket
            | Kind::OpenParen
            | Kind::OpenQuote
            | Kind::OpenHeredoc
            | Kind::Interpolation
            | Kind::Control
    )
}

/// Makes a syntax error.
pub(super) fn error(
    span: Span,
    summary: &'static str,
    detail: impl Into<String>,
) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(summary, detail).at(span))
}

/// Brings a text into NFC.
pub(super) fn nfc(text: &str) -> Arc<str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes {
        text.into()
    } else {
        text.nfc().collect::<String>().into()
    }
}

impl<'a> Cursor<'a> {
    pub(super) fn new(
        source: SourceId,
        text: &'a str,
        tokens: &'a [Token],
        newlines: bool,
    ) -> Self {
        Self {
            source,
            text,
            tokens,
            at: 0,
            last: Token {
                kind: Kind::Newline,
                start: 0,
                end: 0,
            },
            newlines: vec![newlines],
            depth: 0,
            height: 0,
            fixed: None,
        }
    }

    /// Makes a cursor over the content of a string, all of which stands where the string stands.
    pub(super) fn fixed(span: Span, text: &'a str, tokens: &'a [Token]) -> Self {
        Self {
            fixed: Some(span),
            ..Self::new(span.source, text, tokens, false)
        }
    }

    fn next(&self) -> (usize, Token) {
        let seen = self.newlines.last().copied().unwrap_or(true);
        let mut at = self.at;
        loop {
            match self.tokens.get(at) {
                Some(t) if t.kind == Kind::Newline && !seen => at += 1,
                Some(t) => return (at, *t),
                None => {
                    let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
                    let token = Token {
                        kind: Kind::End,
                        start: end,
                        end,
                    };
                    return (at, token);
                }
            }
        }
    }

    /// Returns the next token that counts, without reading it.
    pub(super) fn peek(&self) -> Token {
        self.next().1
    }

    pub(super) fn kind(&self) -> Kind {
        self.next().1.kind
    }

    /// Reads the next token that counts.
    pub(super) fn read(&mut self) -> Token {
        let (at, token) = self.next();
        self.at = if token.kind == Kind::End { at } else { at + 1 };
        self.last = token;
        token
    }

    /// Reads the next token if it is of this kind.
    pub(super) fn eat(&mut self, kind: Kind) -> Option<Token> {
        (self.kind() == kind).then(|| self.read())
    }

    /// Returns the number of the next token.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// Goes on after the item that begins at token number `from` and has an error at the byte `bad`: to the end of the line
    /// on which all its brackets are closed. Inside a block a brace too many ends the block, so it is not skipped.
    ///
    /// Every token is pushed and popped at most once, so this is linear.
    pub(super) fn skip_item(&mut self, from: usize, bad: u32, in_block: bool) {
        let mut open: Vec<Kind> = Vec::new();
        let mut braces = 0_usize;
        let mut at = from;
        while let Some(token) = self.tokens.get(at) {
            let opener = match token.kind {
                Kind::Newline if open.is_empty() && token.start >= bad => {
                    at += 1;
                    break;
                }
                Kind::CloseBrace if braces == 0 => {
                    if in_block && token.start >= bad && at > from {
                        break;
                    }
                    open.clear();
                    at += 1;
                    continue;
                }
                Kind::CloseBrace => Kind::OpenBrace,
                Kind::CloseBracket => Kind::OpenBracket,
                Kind::CloseParen => Kind::OpenParen,
                Kind::CloseQuote => Kind::OpenQuote,
                Kind::CloseHeredoc => Kind::OpenHeredoc,
                Kind::SequenceEnd => Kind::Interpolation,
                kind => {
                    if is_opener(kind) {
                        braces += usize::from(kind == Kind::OpenBrace);
                        open.push(if kind == Kind::Control {
                            Kind::Interpolation
                        } else {
                            kind
                        });
                    }
                    at += 1;
                    continue;
                }
            };
            while let Some(kind) = open.pop() {
                braces -= usize::from(kind == Kind::OpenBrace);
                if kind == opener {
                    break;
                }
            }
            at += 1;
        }
        self.at = at;
    }

    /// Returns the last token read.
    pub(super) fn last(&self) -> Token {
        self.last
    }

    pub(super) fn span(&self, token: Token) -> Span {
        if let Some(span) = self.fixed {
            return span;
        }
        Span {
            source: self.source,
            start: token.start,
            end: token.end,
        }
    }

    pub(super) fn text_of(&self, token: Token) -> &'a str {
        self.text
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default()
    }

    /// Tells whether the next token is this keyword.
    pub(super) fn at_keyword(&self, word: &str) -> bool {
        let token = self.peek();
        token.kind == Kind::Ident && self.text_of(token) == word
    }

    pub(super) fn ident(&self, token: Token) -> Ident {
        Ident {
            name: nfc(self.text_of(token)),
            span: self.span(token),
        }
    }

    /// Runs `f` with newlines seen or not.
    pub(super) fn with_newlines<T>(&mut self, seen: bool, f: impl FnOnce(&mut Self) -> T) -> T {
        self.newlines.push(seen);
        let result = f(self);
        self.newlines.pop();
        result
    }

    /// Runs `f` one level deeper, or says that this is too deep.
    pub(super) fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            let token = self.peek();
            return Err(error(
                self.span(token),
                "Expression too deeply nested",
                format!(
                    "Expressions may be nested at most {MAX_DEPTH} levels deep. Give an inner part a name in a `locals` block and refer to it."
                ),
            ));
        }
        self.depth += 1;
        let outer = self.take_height();
        let result = f(self);
        self.depth -= 1;
        let token = self.last;
        self.raise(1, token)?;
        self.beside(outer);
        result
    }

    /// Begins to measure a tree of its own; returns what was measured so far.
    pub(super) fn take_height(&mut self) -> usize {
        std::mem::take(&mut self.height)
    }

    /// Says that what was made stands beside a tree of this height.
    pub(super) fn beside(&mut self, height: usize) {
        self.height = self.height.max(height);
    }

    /// Puts levels above what was made, or says at `token` that this is too high.
    pub(super) fn raise(&mut self, levels: usize, token: Token) -> Parsed<()> {
        self.height += levels;
        if self.height <= MAX_HEIGHT {
            return Ok(());
        }
        Err(error(
            self.span(token),
            "Expression too long",
            format!(
                "Operators, indexes and brackets of an expression may stand inside each other at most {MAX_HEIGHT} times. Give a part of it a name in a `locals` block."
            ),
        ))
    }
}
