//! Tokens of the language with everything that stands between them: comments, line ends, parts of templates.

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

enum Mode {
    /// Expressions and bodies; the number counts open braces since the template began.
    Code {
        in_template: bool,
        braces: usize,
    },
    Quote,
    Heredoc {
        tag: String,
    },
}

struct Scanner<'a> {
    rest: &'a str,
    modes: Vec<Mode>,
    tokens: Vec<Token>,
    blanks: usize,
}

/// Splits a text; `None` where it is no text of the language, which the parser tells better.
pub(super) fn scan(text: &str) -> Option<Vec<Token>> {
    let mut s = Scanner {
        rest: text,
        modes: vec![Mode::Code {
            in_template: false,
            braces: 0,
        }],
        tokens: Vec::new(),
        blanks: 0,
    };
    while !s.rest.is_empty() {
        match s.modes.last()? {
            Mode::Code { .. } => s.code()?,
            Mode::Quote => s.quote()?,
            Mode::Heredoc { tag } => {
                let tag = tag.clone();
                s.heredoc(&tag)?;
            }
        }
    }
    (s.modes.len() == 1).then_some(s.tokens)
}

impl Scanner<'_> {
    fn take(&mut self, kind: Kind, length: usize) -> Option<()> {
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.tokens.push(Token {
            kind,
            text: text.to_owned(),
            blanks: std::mem::take(&mut self.blanks),
        });
        self.rest = rest;
        Some(())
    }

    fn code(&mut self) -> Option<()> {
        let c = self.rest.chars().next()?;
        let starts = |p: &str| self.rest.starts_with(p);
        let until = |f: fn(char) -> bool| self.rest.find(f).unwrap_or(self.rest.len());
        if c == ' ' || c == '\t' {
            self.blanks += 1;
            self.rest = self.rest.get(1..)?;
            return Some(());
        }
        if starts("\r\n") {
            return self.take(Kind::Newline, 2);
        }
        if c == '\n' {
            return self.take(Kind::Newline, 1);
        }
        if c == '#' || starts("//") {
            let end = self.rest.find('\n').map_or(self.rest.len(), |i| i + 1);
            return self.take(Kind::LineComment, end);
        }
        if starts("/*") {
            let end = self.rest.find("*/")? + 2;
            return self.take(Kind::BlockComment, end);
        }
        if c == '"' {
            self.modes.push(Mode::Quote);
            return self.take(Kind::OpenQuote, 1);
        }
        if starts("<<")
            && self
                .rest
                .get(2..)
                .is_some_and(|r| r.starts_with(|c: char| c == '-' || c == '_' || c.is_alphabetic()))
        {
            let end = self.rest.find('\n')? + 1;
            let tag = self
                .rest
                .get(2..end)?
                .trim_start_matches('-')
                .trim()
                .to_owned();
            self.modes.push(Mode::Heredoc { tag });
            return self.take(Kind::OpenHeredoc, end);
        }
        if c.is_alphabetic() || c == '_' {
            return self.take(
                Kind::Ident,
                until(|c| !(c.is_alphanumeric() || c == '_' || c == '-' || is_mark(c))),
            );
        }
        if c.is_ascii_digit() {
            return self.number();
        }
        self.symbol(c)
    }

    fn number(&mut self) -> Option<()> {
        let bytes = self.rest.as_bytes();
        let digits = |from: usize| {
            bytes
                .iter()
                .skip(from)
                .take_while(|b| b.is_ascii_digit())
                .count()
        };
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        self.take(Kind::Number, end)
    }

    fn symbol(&mut self, c: char) -> Option<()> {
        let pairs = [
            ("...", Kind::Ellipsis),
            ("::", Kind::DoubleColon),
            ("==", Kind::Operator),
            ("=>", Kind::Operator),
            ("!=", Kind::Operator),
            (">=", Kind::Operator),
            ("<=", Kind::Operator),
            ("&&", Kind::Operator),
            ("||", Kind::Operator),
        ];
        if let Some((text, kind)) = pairs.iter().find(|(text, _)| self.rest.starts_with(text)) {
            return self.take(*kind, text.len());
        }
        let Some(Mode::Code {
            in_template,
            braces,
        }) = self.modes.last_mut()
        else {
            return None;
        };
        let kind = match c {
            '~' if *in_template && *braces == 0 && self.rest.starts_with("~}") => {
                self.modes.pop();
                return self.take(Kind::CloseTemplate, 2);
            }
            '}' if *in_template && *braces == 0 => {
                self.modes.pop();
                return self.take(Kind::CloseTemplate, 1);
            }
            '{' => {
                *braces += 1;
                Kind::OpenBrace
            }
            '}' => {
                *braces = braces.checked_sub(1)?;
                Kind::CloseBrace
            }
            '[' => Kind::OpenBracket,
            ']' => Kind::CloseBracket,
            '(' => Kind::OpenParen,
            ')' => Kind::CloseParen,
            '=' => Kind::Equal,
            ',' => Kind::Comma,
            '.' => Kind::Dot,
            '-' => Kind::Minus,
            '!' => Kind::Bang,
            ':' => Kind::Colon,
            '?' => Kind::Question,
            '+' | '*' | '/' | '%' | '<' | '>' => Kind::Operator,
            _ => return None,
        };
        self.take(kind, 1)
    }

    /// Takes `${` or `%{` with its strip marker.
    fn template(&mut self) -> Option<()> {
        let length = if self.rest.get(2..3) == Some("~") {
            3
        } else {
            2
        };
        self.modes.push(Mode::Code {
            in_template: true,
            braces: 0,
        });
        self.take(Kind::OpenTemplate, length)
    }

    fn quote(&mut self) -> Option<()> {
        if self.rest.starts_with('"') {
            self.modes.pop();
            return self.take(Kind::CloseQuote, 1);
        }
        let end = text_end(self.rest, true)?;
        if end == 0 {
            self.template()
        } else {
            self.take(Kind::Text, end)
        }
    }

    fn heredoc(&mut self, tag: &str) -> Option<()> {
        let at_line_start = self.tokens.last().is_some_and(|t| t.text.ends_with('\n'));
        let line_end = self.rest.find('\n').unwrap_or(self.rest.len());
        if at_line_start && self.rest.get(..line_end)?.trim() == tag {
            let indent = self.rest.len() - self.rest.trim_start().len();
            self.modes.pop();
            return self.take(Kind::CloseHeredoc, indent + tag.len());
        }
        let line = self.rest.get(..(line_end + 1).min(self.rest.len()))?;
        let end = text_end(line, false).unwrap_or(line.len());
        if end == 0 {
            self.template()
        } else {
            self.take(Kind::Text, end)
        }
    }
}

/// Marks that combine with the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}')
}

/// Returns where text of a template ends: at the closing quote or at a sequence; `None` where it does not.
fn text_end(text: &str, quoted: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut i = 0;
    while let Some(b) = bytes.get(i) {
        match b {
            b'\\' if quoted => i += 1,
            b'"' if quoted => return Some(i),
            b'\n' if quoted => return None,
            b'$' | b'%' if bytes.get(i + 1) == Some(b) && bytes.get(i + 2) == Some(&b'{') => i += 2,
            b'$' | b'%' if bytes.get(i + 1) == Some(&b'{') => return Some(i),
            _ => {}
        }
        i += 1;
    }
    if quoted { None } else { Some(text.len()) }
}
