//! Tokens of the language with everything that stands between them: comments, line ends, parts of templates.
//!
//! The lexer is that of the parser; what it leaves out is found between its tokens.

use bastionless_model::base::SourceId;

use crate::lang::syntax::token::{self, Kind as Lexed};

/// What a token is, as far as the layout cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Newline,
    /// To the end of the line, which belongs to it.
    LineComment,
    BlockComment,
    Ident,
    Number,
    OpenQuote,
    CloseQuote,
    /// Text of a template.
    Text,
    OpenHeredoc,
    CloseHeredoc,
    /// `${` or `%{`
    OpenTemplate,
    CloseTemplate,
    /// `{`
    OpenBrace,
    CloseBrace,
    /// `[`
    OpenBracket,
    CloseBracket,
    /// `(`
    OpenParen,
    CloseParen,
    Equal,
    Comma,
    Dot,
    Ellipsis,
    Minus,
    Bang,
    Colon,
    DoubleColon,
    Question,
    Operator,
}

/// A token and the blanks before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) blanks: usize,
}

impl Token {
    pub(super) fn new(kind: Kind, text: &str) -> Self {
        Self {
            kind,
            text: text.to_owned(),
            blanks: 0,
        }
    }

    /// Tells whether a line ends with it.
    pub(super) fn ends_line(&self) -> bool {
        matches!(self.kind, Kind::Newline | Kind::LineComment)
    }

    /// Returns by how much it changes the depth of brackets.
    pub(super) fn depth(&self) -> i32 {
        match self.kind {
            Kind::OpenBrace | Kind::OpenBracket | Kind::OpenParen | Kind::OpenTemplate => 1,
            Kind::CloseBrace | Kind::CloseBracket | Kind::CloseParen | Kind::CloseTemplate => -1,
            _ => 0,
        }
    }
}

/// Splits a text; `None` where it is no text of the language, which the parser tells better.
pub(super) fn scan(text: &str) -> Option<Vec<Token>> {
    let lexed = token::code(SourceId(0), text);
    if lexed.error.is_some() {
        return None;
    }
    let mut scanner = Scanner::default();
    // How many quotes, heredocs and sequences are open.
    let mut open = 0_usize;
    let mut at = 0;
    for token in &lexed.list {
        let (start, end) = (
            usize::try_from(token.start).ok()?,
            usize::try_from(token.end).ok()?,
        );
        let comment = scanner.between(text.get(at..start)?)?;
        let written = text.get(start..end)?;
        at = end;
        match token.kind {
            Lexed::OpenQuote | Lexed::OpenHeredoc | Lexed::Interpolation | Lexed::Control => {
                open += 1
            }
            Lexed::CloseQuote | Lexed::CloseHeredoc | Lexed::SequenceEnd => {
                open = open.checked_sub(1)?
            }
            _ => {}
        }
        match (comment, token.kind) {
            (Some(comment), _) => scanner.push(Kind::LineComment, &format!("{comment}{written}")),
            (None, Lexed::End) => {}
            // Blanks behind the marker belong to nothing.
            (None, Lexed::CloseHeredoc) => scanner.push(Kind::CloseHeredoc, written.trim_end()),
            (None, kind) => scanner.push(kind_of(kind)?, written),
        }
    }
    (open == 0).then_some(scanner.tokens)
}

#[derive(Default)]
struct Scanner {
    tokens: Vec<Token>,
    blanks: usize,
}

impl Scanner {
    fn push(&mut self, kind: Kind, text: &str) {
        self.tokens.push(Token {
            kind,
            text: text.to_owned(),
            blanks: std::mem::take(&mut self.blanks),
        });
    }

    /// Reads what the lexer passed over: blanks and comments; returns the comment that goes on to the end of the line.
    fn between<'a>(&mut self, mut text: &'a str) -> Option<Option<&'a str>> {
        loop {
            let rest = text.trim_start_matches([' ', '\t']);
            self.blanks += text.len() - rest.len();
            if rest.is_empty() {
                return Some(None);
            }
            if rest.starts_with('#') || rest.starts_with("//") {
                return Some(Some(rest));
            }
            let end = rest.strip_prefix("/*")?.find("*/")? + 4;
            self.push(Kind::BlockComment, rest.get(..end)?);
            text = rest.get(end..)?;
        }
    }
}

fn kind_of(lexed: Lexed) -> Option<Kind> {
    Some(match lexed {
        Lexed::Newline => Kind::Newline,
        Lexed::Ident => Kind::Ident,
        Lexed::Number => Kind::Number,
        Lexed::OpenQuote => Kind::OpenQuote,
        Lexed::CloseQuote => Kind::CloseQuote,
        Lexed::QuotedText | Lexed::PlainText => Kind::Text,
        Lexed::OpenHeredoc => Kind::OpenHeredoc,
        Lexed::CloseHeredoc => Kind::CloseHeredoc,
        Lexed::Interpolation | Lexed::Control => Kind::OpenTemplate,
        Lexed::SequenceEnd => Kind::CloseTemplate,
        Lexed::OpenBrace => Kind::OpenBrace,
        Lexed::CloseBrace => Kind::CloseBrace,
        Lexed::OpenBracket => Kind::OpenBracket,
        Lexed::CloseBracket => Kind::CloseBracket,
        Lexed::OpenParen => Kind::OpenParen,
        Lexed::CloseParen => Kind::CloseParen,
        Lexed::Assign => Kind::Equal,
        Lexed::Comma => Kind::Comma,
        Lexed::Dot => Kind::Dot,
        Lexed::Ellipsis => Kind::Ellipsis,
        Lexed::Minus => Kind::Minus,
        Lexed::Bang => Kind::Bang,
        Lexed::Colon => Kind::Colon,
        Lexed::DoubleColon => Kind::DoubleColon,
        Lexed::Question => Kind::Question,
        Lexed::Plus
        | Lexed::Star
        | Lexed::Slash
        | Lexed::Percent
        | Lexed::Equal
        | Lexed::NotEqual
        | Lexed::Less
        | Lexed::LessEqual
        | Lexed::Greater
        | Lexed::GreaterEqual
        | Lexed::And
        | Lexed::Or
        | Lexed::FatArrow => Kind::Operator,
        Lexed::Invalid | Lexed::End => return None,
    })
}
