//! JSON texts with places.

use std::borrow::Cow;

use bastionless_model::base::{SourceId, Span};

use super::cursor::{Parsed, error};

/// How deep values may nest.
const MAX_DEPTH: usize = 200;

/// A value and where it stands.
pub(super) struct Node<'a> {
    pub(super) kind: NodeKind<'a>,
    pub(super) span: Span,
}

/// What a value is.
pub(super) enum NodeKind<'a> {
    Null,
    Bool(bool),
    /// The digits as written.
    Number(&'a str),
    /// Escapes resolved.
    Text(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Vec<(Key<'a>, Node<'a>)>),
}

/// A property's name and where it stands, quotes included.
pub(super) struct Key<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) span: Span,
}

/// Reads a text that is one JSON value.
pub(super) fn read(source: SourceId, text: &str) -> Parsed<Node<'_>> {
    let mut reader = Reader {
        source,
        text,
        at: 0,
    };
    let node = reader.value(0)?;
    reader.space();
    if reader.at < text.len() {
        return Err(error(
            reader.here(1),
            "Extraneous data after value",
            "Extra characters appear after the JSON value.",
        ));
    }
    Ok(node)
}

struct Reader<'a> {
    source: SourceId,
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// Returns the span of the next character, or an empty one at the end.
    fn here(&self, len: usize) -> Span {
        let mut end = (self.at + len).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        Span::new(self.source, self.at, end)
    }

    fn fail<T>(&self, summary: &'static str, detail: &'static str) -> Parsed<T> {
        Err(error(self.here(1), summary, detail))
    }

    fn value(&mut self, depth: usize) -> Parsed<Node<'a>> {
        self.space();
        if depth > MAX_DEPTH {
            return self.fail(
                "Value too deeply nested",
                "JSON values may be nested at most 200 levels deep.",
            );
        }
        let start = self.at;
        let kind = match self.peek() {
            b'{' => self.object(depth)?,
            b'[' => self.array(depth)?,
            b'"' => NodeKind::Text(self.string()?),
            b'-' | b'0'..=b'9' => self.number()?,
            b'a'..=b'z' | b'A'..=b'Z' => self.word()?,
            _ if self.at >= self.text.len() => {
                return self.fail("Missing JSON value", "A JSON value is required here.");
            }
            _ => {
                return self.fail(
                    "Invalid start of value",
                    "The start of a JSON value is expected here.",
                );
            }
        };
        Ok(Node {
            kind,
            span: Span::new(self.source, start, self.at),
        })
    }

    fn object(&mut self, depth: usize) -> Parsed<NodeKind<'a>> {
        self.at += 1;
        let mut entries = Vec::new();
        self.space();
        if self.peek() == b'}' {
            self.at += 1;
            return Ok(NodeKind::Object(entries));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != b'"' {
                return self.fail(
                    "Invalid object property name",
                    "A JSON object property name must be introduced by a double quote.",
                );
            }
            let text = self.string()?;
            let span = Span::new(self.source, start, self.at);
            self.space();
            if self.peek() != b':' {
                return self.fail(
                    "Missing property value colon",
                    "A colon must appear between an object property's name and its value.",
                );
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            entries.push((Key { text, span }, value));
            self.space();
            match self.peek() {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Ok(NodeKind::Object(entries));
                }
                _ => {
                    return self.fail(
                        "Missing attribute separator comma",
                        "A comma must appear between each property definition in an object.",
                    );
                }
            }
        }
    }

    fn array(&mut self, depth: usize) -> Parsed<NodeKind<'a>> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.peek() == b']' {
            self.at += 1;
            return Ok(NodeKind::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            match self.peek() {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Ok(NodeKind::Array(items));
                }
                _ => {
                    return self.fail(
                        "Missing array element separator comma",
                        "A comma must appear between each value in an array.",
                    );
                }
            }
        }
    }

    fn number(&mut self) -> Parsed<NodeKind<'a>> {
        let start = self.at;
        while matches!(self.peek(), b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9') {
            self.at += 1;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if serde_json::from_str::<serde_json::Number>(text).is_err() {
            return Err(error(
                Span::new(self.source, start, self.at),
                "Invalid JSON number",
                "There is a syntax error in the given JSON number.",
            ));
        }
        Ok(NodeKind::Number(text))
    }

    fn word(&mut self) -> Parsed<NodeKind<'a>> {
        let start = self.at;
        while self.peek().is_ascii_alphanumeric() {
            self.at += 1;
        }
        match self.text.get(start..self.at) {
            Some("true") => Ok(NodeKind::Bool(true)),
            Some("false") => Ok(NodeKind::Bool(false)),
            Some("null") => Ok(NodeKind::Null),
            _ => Err(error(
                Span::new(self.source, start, self.at),
                "Invalid JSON keyword",
                "This is not a valid JSON keyword: only true, false and null are.",
            )),
        }
    }

    fn string(&mut self) -> Parsed<Cow<'a, str>> {
        let start = self.at;
        let mut plain = true;
        loop {
            self.at += 1;
            match self.peek() {
                b'"' => break,
                b'\\' => {
                    plain = false;
                    self.at += 1;
                }
                b'\n' => {
                    return self.fail(
                        "Invalid multi-line string",
                        "A JSON string must not contain a newline. Write it as \\n.",
                    );
                }
                _ if self.at >= self.text.len() => {
                    return Err(error(
                        Span::new(self.source, start, self.text.len()),
                        "Unclosed JSON string",
                        "A JSON string must end with a double quote.",
                    ));
                }
                _ => {}
            }
        }
        self.at += 1;
        let raw = self.text.get(start..self.at).unwrap_or_default();
        if plain {
            let inner = self.text.get(start + 1..self.at - 1).unwrap_or_default();
            return Ok(Cow::Borrowed(inner));
        }
        serde_json::from_str::<String>(raw)
            .map(Cow::Owned)
            .map_err(|_| {
                error(
                    Span::new(self.source, start, self.at),
                    "Invalid JSON string",
                    "There is a syntax error in the given JSON string.",
                )
            })
    }
}
