//! JSON with the place of each part, which `serde_json` does not keep.
//!
//! Strict as RFC 8259; duplicate members are kept for the caller to judge.

use std::ops::Range;

use super::ast::Text;

/// How deep values may nest. A policy needs five levels; the limit keeps hostile input off the stack.
const DEEPEST: usize = 64;

/// A JSON value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// The value.
    pub(super) kind: Kind,
    /// Its bytes in the text, quotes and brackets included.
    pub(super) span: Range<usize>,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    /// As written.
    Number(String),
    String(String),
    Array(Vec<Node>),
    /// In the order of the text.
    Object(Vec<(Text, Node)>),
}

impl Kind {
    /// Names the kind for messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}, at byte {at}")]
pub struct JsonError {
    /// What was expected or found.
    pub what: String,
    /// The byte at which reading stopped, from 0.
    pub at: usize,
}

/// Reads one JSON value that is the whole text.
pub(super) fn read(text: &str) -> Result<Node, JsonError> {
    let mut reader = Reader { text, at: 0 };
    reader.blanks();
    let node = reader.value(0)?;
    reader.blanks();
    match reader.peek() {
        None => Ok(node),
        Some(_) => Err(reader.error("There is more text after the JSON value")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn error(&self, what: impl Into<String>) -> JsonError {
        JsonError {
            what: what.into(),
            at: self.at,
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn value(&mut self, depth: usize) -> Result<Node, JsonError> {
        if depth > DEEPEST {
            return Err(self.error(format!("The JSON nests deeper than {DEEPEST} levels")));
        }
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => self.word()?,
            None => return Err(self.error("The JSON ends too early")),
        };
        Ok(Node {
            kind,
            span: start..self.at,
        })
    }

    fn word(&mut self) -> Result<Kind, JsonError> {
        for (word, kind) in [
            ("true", Kind::Bool(true)),
            ("false", Kind::Bool(false)),
            ("null", Kind::Null),
        ] {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        Err(self.error("A JSON value is expected"))
    }

    fn object(&mut self, depth: usize) -> Result<Kind, JsonError> {
        self.at += 1;
        let mut members = Vec::new();
        self.blanks();
        if self.eat(b'}') {
            return Ok(Kind::Object(members));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.error("The name of a member in double quotes is expected"));
            }
            let start = self.at;
            let name = Text {
                value: self.string()?,
                span: start..self.at,
            };
            self.blanks();
            if !self.eat(b':') {
                return Err(self.error("A colon is expected after the name of a member"));
            }
            self.blanks();
            members.push((name, self.value(depth + 1)?));
            self.blanks();
            if self.eat(b'}') {
                return Ok(Kind::Object(members));
            }
            if !self.eat(b',') {
                return Err(self.error("A comma or a closing brace is expected"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Kind, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.eat(b']') {
            return Ok(Kind::Array(items));
        }
        loop {
            self.blanks();
            items.push(self.value(depth + 1)?);
            self.blanks();
            if self.eat(b']') {
                return Ok(Kind::Array(items));
            }
            if !self.eat(b',') {
                return Err(self.error("A comma or a closing bracket is expected"));
            }
        }
    }

    fn number(&mut self) -> Result<Kind, JsonError> {
        let start = self.at;
        self.eat(b'-');
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (leading_zero && whole > 1) {
            return Err(self.error("A number has no leading zeros and at least one digit"));
        }
        if self.eat(b'.') && self.digits() == 0 {
            return Err(self.error("A digit is expected after the decimal point"));
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.error("A digit is expected in the exponent"));
            }
        }
        Ok(Kind::Number(
            self.text.get(start..self.at).unwrap_or_default().to_owned(),
        ))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let plain = self
                .rest()
                .find(|c| c == '"' || c == '\\' || c < ' ')
                .unwrap_or(self.rest().len());
            out.push_str(self.rest().get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => {
                    return Err(self.error("A control character in a string must be escaped"));
                }
                None => return Err(self.error("A string does not end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let c = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => c as char,
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.code_point();
            }
            _ => return Err(self.error("An escape that JSON does not know")),
        };
        self.at += 1;
        Ok(c)
    }

    /// Reads four hexadecimal digits and, for a character outside the basic plane, the second half of its pair.
    fn code_point(&mut self) -> Result<char, JsonError> {
        let first = self.hex()?;
        let code = if (0xD800..0xDC00).contains(&first) && self.rest().starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hex()?;
            if (0xDC00..0xE000).contains(&second) {
                0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            } else {
                self.at = before;
                first
            }
        } else {
            first
        };
        // A lone half of a pair is no character; readers put the replacement character in its place.
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let digits = self
            .rest()
            .get(..4)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|d| u32::from_str_radix(d, 16).ok());
        let code =
            code.ok_or_else(|| self.error("Four hexadecimal digits are expected after \\u"))?;
        self.at += 4;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(node: &Node) -> serde_json::Value {
        match &node.kind {
            Kind::Null => serde_json::Value::Null,
            Kind::Bool(b) => (*b).into(),
            Kind::Number(n) => n.parse::<serde_json::Number>().unwrap().into(),
            Kind::String(s) => s.as_str().into(),
            Kind::Array(items) => items.iter().map(plain).collect(),
            Kind::Object(members) => members
                .iter()
                .map(|(k, v)| (k.value.clone(), plain(v)))
                .collect(),
        }
    }

    #[test]
    fn reads_what_another_reader_reads_and_refuses_what_it_refuses() {
        let texts = [
            "{}",
            " [ ] ",
            "0",
            "-0",
            "01",
            "1.",
            "1.5e+3",
            "1e",
            "-",
            ".5",
            "true",
            "tru",
            "nul",
            "null x",
            "\"a",
            "\"\\q\"",
            "\"\\u00e4\\ud83d\\ude00\\n\\/\"",
            "\"\\u12\"",
            "{\"a\":1,}",
            "[1,]",
            "[1 2]",
            "{\"a\" 1}",
            "{a:1}",
            "",
            "  ",
            "{\"a\":[{\"b\":\"ü😀\"},null,false]}",
            "\"\t\"",
            "'a'",
            "// c\n1",
            "[1]]",
            "\u{feff}1",
        ];
        for text in texts {
            let theirs = serde_json::from_str::<serde_json::Value>(text).ok();
            assert_eq!(read(text).ok().map(|n| plain(&n)), theirs, "{text}");
        }
    }

    #[test]
    fn spans_name_the_bytes_of_each_part() {
        let text = r#" {"ä": [1, "b\n"]} "#;
        let node = read(text).unwrap();
        assert_eq!(&text[node.span.clone()], r#"{"ä": [1, "b\n"]}"#);
        let Kind::Object(members) = &node.kind else {
            panic!()
        };
        assert_eq!(&text[members[0].0.span.clone()], "\"ä\"");
        let Kind::Array(items) = &members[0].1.kind else {
            panic!()
        };
        assert_eq!(&text[items[1].span.clone()], r#""b\n""#);
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let deep = "[".repeat(1_000_000);
        assert!(read(&deep).unwrap_err().what.contains("deeper"));
    }
}
