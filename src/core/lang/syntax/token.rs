//! Tokens and the lexer: the whole text in one linear pass, templates included.

use bastionless_model::base::{Diagnostic, SourceId, Span};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lang) enum Kind {
    Newline,
    Ident,
    Number,
    OpenQuote,
    CloseQuote,
    OpenHeredoc,
    CloseHeredoc,
    /// Text inside quotes, escapes not resolved.
    QuotedText,
    /// Text of a heredoc or template file; ends after each newline.
    PlainText,
    /// `${` or `${~`
    Interpolation,
    /// `%{` or `%{~`
    Control,
    /// `}` or `~}`
    SequenceEnd,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Assign,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Bang,
    Question,
    Colon,
    DoubleColon,
    Comma,
    Dot,
    Ellipsis,
    FatArrow,
    Invalid,
    End,
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug)]
pub(in crate::lang) struct Token {
    pub(in crate::lang) kind: Kind,
    pub(in crate::lang) start: u32,
    pub(in crate::lang) end: u32,
}

/// All tokens of a text, and the first character that is not valid anywhere.
pub(in crate::lang) struct Tokens {
    pub(in crate::lang) list: Vec<Token>,
    pub(in crate::lang) error: Option<Box<Diagnostic>>,
}

/// What the lexer is inside of.
enum Mode {
    /// Code; `template` says that a `}` too many ends a template sequence.
    Code { braces: u32, template: bool },
    /// A quoted string.
    Quoted,
    /// A heredoc with its marker.
    Heredoc {
        marker: (usize, usize),
        line_start: bool,
    },
    /// A template file.
    Bare,
}

/// Reads a configuration text, or a single expression.
pub(in crate::lang) fn code(source: SourceId, text: &str) -> Tokens {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    run(
        source,
        text,
        start,
        Mode::Code {
            braces: 0,
            template: false,
        },
    )
}

/// Reads a template file.
pub(super) fn template(source: SourceId, text: &str) -> Tokens {
    run(source, text, 0, Mode::Bare)
}

fn run(source: SourceId, text: &str, start: usize, mode: Mode) -> Tokens {
    let mut lexer = Lexer {
        source,
        text,
        bytes: text.as_bytes(),
        at: start,
        modes: vec![mode],
        tokens: Vec::with_capacity(text.len() / 6 + 1),
        error: None,
    };
    while lexer.at < lexer.bytes.len() {
        match lexer.modes.last() {
            Some(Mode::Code { .. }) => lexer.code(),
            Some(Mode::Quoted) => lexer.quoted(),
            Some(Mode::Heredoc { .. }) => lexer.heredoc(),
            Some(Mode::Bare) | None => lexer.bare(),
        }
    }
    lexer.push(Kind::End, 0);
    Tokens {
        list: lexer.tokens,
        error: lexer.error,
    }
}

struct Lexer<'a> {
    source: SourceId,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    modes: Vec<Mode>,
    tokens: Vec<Token>,
    error: Option<Box<Diagnostic>>,
}

const MULTI_LINE: &str = "Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to represent a newline character or use the \"heredoc\" multi-line template syntax.";

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: Kind, len: usize) {
        let start = u32::try_from(self.at).unwrap_or(u32::MAX);
        self.at += len;
        let end = u32::try_from(self.at).unwrap_or(u32::MAX);
        self.tokens.push(Token { kind, start, end });
    }

    /// Records the first invalid token and steps over it.
    fn invalid(&mut self, len: usize, summary: &'static str, detail: &str) {
        if self.error.is_none() {
            let span = Span::new(self.source, self.at, self.at + len);
            self.error = Some(Box::new(Diagnostic::error(summary, detail).at(span)));
        }
        self.push(Kind::Invalid, len);
    }

    fn char_len(&self) -> usize {
        self.text
            .get(self.at..)
            .and_then(|t| t.chars().next())
            .map_or(1, char::len_utf8)
    }

    fn code(&mut self) {
        let c = self.peek(0);
        match c {
            b' ' | b'\t' => self.at += 1,
            b'\n' => self.push(Kind::Newline, 1),
            b'\r' if self.peek(1) == b'\n' => self.push(Kind::Newline, 2),
            b'#' => self.line_comment(),
            b'/' if self.peek(1) == b'/' => self.line_comment(),
            b'/' if self.peek(1) == b'*' && self.block_comment() => {}
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.ident(),
            b'0'..=b'9' => self.number(),
            b'"' => {
                self.push(Kind::OpenQuote, 1);
                self.modes.push(Mode::Quoted);
            }
            b'<' if self.peek(1) == b'<' && self.open_heredoc() => {}
            b'{' => {
                if let Some(Mode::Code { braces, .. }) = self.modes.last_mut() {
                    *braces += 1;
                }
                self.push(Kind::OpenBrace, 1);
            }
            b'}' => self.close_brace(1),
            b'~' if self.peek(1) == b'}' && self.at_template_end() => self.close_brace(2),
            0x80.. => self.unicode(),
            _ => self.symbol(c),
        }
    }

    fn at_template_end(&self) -> bool {
        matches!(
            self.modes.last(),
            Some(Mode::Code {
                braces: 0,
                template: true
            })
        )
    }

    fn close_brace(&mut self, len: usize) {
        if self.at_template_end() {
            self.push(Kind::SequenceEnd, len);
            self.modes.pop();
            return;
        }
        if let Some(Mode::Code { braces, .. }) = self.modes.last_mut() {
            *braces = braces.saturating_sub(1);
        }
        self.push(Kind::CloseBrace, len);
    }

    /// A line comment counts as the newline at its end.
    fn line_comment(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match rest.iter().position(|b| *b == b'\n') {
            Some(n) => {
                self.at += n;
                self.push(Kind::Newline, 1);
            }
            None => self.at = self.bytes.len(),
        }
    }

    fn block_comment(&mut self) -> bool {
        let body = self.text.get(self.at + 2..).unwrap_or_default();
        match body.find("*/") {
            Some(n) => {
                self.at += n + 4;
                true
            }
            None => false,
        }
    }

    fn ident(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let len = ident_len(rest);
        self.push(Kind::Ident, len.max(1));
    }

    fn number(&mut self) {
        let digits = |from: usize| {
            let rest = self.bytes.get(self.at + from..).unwrap_or_default();
            rest.iter().take_while(|b| b.is_ascii_digit()).count()
        };
        let mut len = digits(0);
        if self.peek(len) == b'.' {
            let fraction = digits(len + 1);
            if fraction > 0 {
                len += 1 + fraction;
            }
        }
        if matches!(self.peek(len), b'e' | b'E') {
            let sign = usize::from(matches!(self.peek(len + 1), b'+' | b'-'));
            let exponent = digits(len + 1 + sign);
            if exponent > 0 {
                len += 1 + sign + exponent;
            }
        }
        self.push(Kind::Number, len);
    }

    fn open_heredoc(&mut self) -> bool {
        let flush = usize::from(self.peek(2) == b'-');
        let from = self.at + 2 + flush;
        let rest = self.text.get(from..).unwrap_or_default();
        let len = ident_len(rest);
        let end = match rest.as_bytes().get(len..len + 2) {
            Some([b'\n', _]) => 1,
            Some(b"\r\n") => 2,
            _ if rest.as_bytes().get(len) == Some(&b'\n') => 1,
            _ => return false,
        };
        if len == 0 {
            return false;
        }
        self.push(Kind::OpenHeredoc, 2 + flush + len + end);
        self.modes.push(Mode::Heredoc {
            marker: (from, from + len),
            line_start: true,
        });
        true
    }

    fn unicode(&mut self) {
        let len = self.char_len();
        let c = self
            .text
            .get(self.at..self.at + len)
            .unwrap_or_default()
            .chars()
            .next()
            .unwrap_or('\0');
        match c {
            c if unicode_ident::is_xid_start(c) => self.ident(),
            '\u{201c}' | '\u{201d}' => self.invalid(
                len,
                "Invalid character",
                "\"Curly quotes\" are not valid here. These can sometimes be inadvertently introduced when sharing code via documents or discussion forums. It might help to replace the character with a \"straight quote\".",
            ),
            _ => self.invalid(
                len,
                "Invalid character",
                "This character is not used within the language.",
            ),
        }
    }

    fn symbol(&mut self, c: u8) {
        let (kind, len) = match (c, self.peek(1)) {
            (b'=', b'=') => (Kind::Equal, 2),
            (b'=', b'>') => (Kind::FatArrow, 2),
            (b'=', _) => (Kind::Assign, 1),
            (b'!', b'=') => (Kind::NotEqual, 2),
            (b'!', _) => (Kind::Bang, 1),
            (b'<', b'=') => (Kind::LessEqual, 2),
            (b'<', _) => (Kind::Less, 1),
            (b'>', b'=') => (Kind::GreaterEqual, 2),
            (b'>', _) => (Kind::Greater, 1),
            (b'&', b'&') => (Kind::And, 2),
            (b'|', b'|') => (Kind::Or, 2),
            (b':', b':') => (Kind::DoubleColon, 2),
            (b':', _) => (Kind::Colon, 1),
            (b'.', b'.') if self.peek(2) == b'.' => (Kind::Ellipsis, 3),
            (b'.', _) => (Kind::Dot, 1),
            (b'[', _) => (Kind::OpenBracket, 1),
            (b']', _) => (Kind::CloseBracket, 1),
            (b'(', _) => (Kind::OpenParen, 1),
            (b')', _) => (Kind::CloseParen, 1),
            (b'+', _) => (Kind::Plus, 1),
            (b'-', _) => (Kind::Minus, 1),
            (b'*', _) => (Kind::Star, 1),
            (b'/', _) => (Kind::Slash, 1),
            (b'%', _) => (Kind::Percent, 1),
            (b'?', _) => (Kind::Question, 1),
            (b',', _) => (Kind::Comma, 1),
            _ => return self.bad_symbol(c),
        };
        self.push(kind, len);
    }

    fn bad_symbol(&mut self, c: u8) {
        let (summary, detail) = match c {
            b'&' => (
                "Unsupported operator",
                "Bitwise operators are not supported. Did you mean boolean AND (\"&&\")?",
            ),
            b'|' => (
                "Unsupported operator",
                "Bitwise operators are not supported. Did you mean boolean OR (\"||\")?",
            ),
            b'~' => (
                "Unsupported operator",
                "Bitwise operators are not supported. Did you mean boolean NOT (\"!\")?",
            ),
            b'^' => (
                "Unsupported operator",
                "Bitwise operators are not supported.",
            ),
            b'`' => (
                "Invalid character",
                "The \"`\" character is not valid. To create a multi-line string, use the \"heredoc\" syntax, like \"<<EOT\".",
            ),
            b'\'' => (
                "Invalid character",
                "Single quotes are not valid. Use double quotes (\") to enclose strings.",
            ),
            b';' => (
                "Invalid character",
                "The \";\" character is not valid. Use newlines to separate arguments and blocks, and commas to separate items in collection values.",
            ),
            _ => (
                "Invalid character",
                "This character is not used within the language.",
            ),
        };
        self.invalid(1, summary, detail);
    }

    /// Opens `${` or `%{`, with or without strip marker.
    fn open_sequence(&mut self) {
        let kind = if self.peek(0) == b'$' {
            Kind::Interpolation
        } else {
            Kind::Control
        };
        let len = 2 + usize::from(self.peek(2) == b'~');
        if let Some(Mode::Heredoc { line_start, .. }) = self.modes.last_mut() {
            *line_start = false;
        }
        self.push(kind, len);
        self.modes.push(Mode::Code {
            braces: 0,
            template: true,
        });
    }

    /// Returns how many bytes of literal text start here, up to a sequence, and (outside quotes) including a newline.
    fn text_len(&self, quoted: bool) -> usize {
        let mut n = 0;
        loop {
            let rest = self.bytes.get(self.at + n..).unwrap_or_default();
            match rest {
                [] => return n,
                [a @ (b'$' | b'%'), b, b'{', ..] if a == b => n += 3,
                [b'$' | b'%', b'{', ..] => return n,
                [b'"' | b'\n', ..] if quoted => return n,
                [b'\r', ..] if quoted => return n,
                [b'\\', b'\n' | b'\r', ..] if quoted => return n,
                [b'\\', _, ..] if quoted => n += 2,
                [b'\\'] if quoted => return n,
                [b'\n', ..] => return n + 1,
                _ => n += 1,
            }
        }
    }

    fn quoted(&mut self) {
        let mut len = self.text_len(true);
        while !self.text.is_char_boundary(self.at + len) {
            len += 1;
        }
        if len > 0 {
            return self.push(Kind::QuotedText, len);
        }
        match (self.peek(0), self.peek(1)) {
            (b'"', _) => {
                self.push(Kind::CloseQuote, 1);
                self.modes.pop();
            }
            (b'\n', _) => self.invalid(1, "Invalid multi-line string", MULTI_LINE),
            (b'\r', b'\n') => self.invalid(2, "Invalid multi-line string", MULTI_LINE),
            (b'$' | b'%', b'{') => self.open_sequence(),
            _ => self.invalid(
                1,
                "Invalid character",
                "This character is not used within the language.",
            ),
        }
    }

    fn heredoc(&mut self) {
        let len = self.text_len(false);
        if len == 0 {
            return self.open_sequence();
        }
        let literal = self.text.get(self.at..self.at + len).unwrap_or_default();
        let whole_line = literal.ends_with('\n');
        let Some(Mode::Heredoc { marker, line_start }) = self.modes.last_mut() else {
            return;
        };
        let is_marker =
            *line_start && whole_line && self.text.get(marker.0..marker.1) == Some(literal.trim());
        *line_start = whole_line;
        if is_marker {
            let newline = if literal.ends_with("\r\n") { 2 } else { 1 };
            self.modes.pop();
            self.push(Kind::CloseHeredoc, len - newline);
            self.push(Kind::Newline, newline);
        } else {
            self.push(Kind::PlainText, len);
        }
    }

    fn bare(&mut self) {
        match self.text_len(false) {
            0 => self.open_sequence(),
            len => self.push(Kind::PlainText, len),
        }
    }
}

/// Part of identifiers since Unicode 15.1; the language is older.
const JOINERS: [char; 4] = ['\u{200c}', '\u{200d}', '\u{30fb}', '\u{ff65}'];

/// Returns the length of the identifier at the start of the text; 0 where there is none.
pub(super) fn ident_len(text: &str) -> usize {
    let mut len = 0;
    for c in text.chars() {
        let fits = if len == 0 {
            c == '_' || unicode_ident::is_xid_start(c)
        } else {
            c == '-' || unicode_ident::is_xid_continue(c) && !JOINERS.contains(&c)
        };
        if !fits {
            break;
        }
        len += c.len_utf8();
    }
    len
}
