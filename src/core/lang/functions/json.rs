//! Reading JSON with the error messages of Terraform.

use std::sync::Arc;

use bastionless_model::value::{Kind, Map, Number, Value};
use unicode_normalization::UnicodeNormalization;

use super::FunctionError;

type Result<T = Value> = std::result::Result<T, FunctionError>;

/// Deeper documents are refused.
const DEPTH: usize = 512;

/// Reads JSON with the type that it implies.
pub(super) fn decode(text: &str) -> Result {
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(0)?;
    parser.space();
    // A closing bracket too many is let through, as Terraform does.
    if !parser.rest().is_empty() && !parser.rest().starts_with(['}', ']']) {
        return Err(FunctionError::new("extraneous data after JSON object"));
    }
    Ok(value)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    /// Says which byte is wrong where; `EOF` at the end.
    fn unexpected(&self, place: &str) -> FunctionError {
        let Some(byte) = self.rest().bytes().next() else {
            return FunctionError::new("EOF");
        };
        let shown = match char::from(byte) {
            '\'' => "\\'".to_owned(),
            '"' => "\"".to_owned(),
            c if c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r') => {
                format!("\\x{byte:02x}")
            }
            c => c.escape_debug().to_string(),
        };
        FunctionError::new(format!("invalid character '{shown}'{place}"))
    }

    /// The same inside of a word, where the end is unexpected.
    fn broken(&self, place: &str) -> FunctionError {
        if self.rest().is_empty() {
            FunctionError::new("unexpected EOF")
        } else {
            self.unexpected(place)
        }
    }

    fn value(&mut self, depth: usize) -> Result {
        if depth > DEPTH {
            return Err(FunctionError::new("exceeded max depth"));
        }
        self.space();
        match self.rest().bytes().next() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Value::from(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'n') => self.word("null", Value::NULL),
            Some(b't') => self.word("true", true.into()),
            Some(b'f') => self.word("false", false.into()),
            _ => Err(self.unexpected(" looking for beginning of value")),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result {
        for c in word.chars() {
            if !self.eat(c) {
                return Err(self.broken(&format!(" in literal {word} (expecting '{c}')")));
            }
        }
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Result {
        self.at += 1;
        let mut out = Vec::new();
        self.space();
        if self.eat(']') {
            return Ok(Value::tuple(out));
        }
        loop {
            out.push(self.value(depth + 1)?);
            self.space();
            if self.eat(']') {
                return Ok(Value::tuple(out));
            }
            if !self.eat(',') {
                return Err(self.unexpected(" after array element"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result {
        self.at += 1;
        let mut out = Map::new();
        self.space();
        if !self.eat('}') {
            // Only the first key is refused without a word on what was expected.
            let mut place = "";
            loop {
                self.space();
                if !self.rest().starts_with('"') {
                    return Err(self.unexpected(place));
                }
                place = " looking for beginning of object key string";
                let key = self.string()?;
                self.space();
                if !self.eat(':') {
                    return Err(self.unexpected(" after object key"));
                }
                let value = self.value(depth + 1)?;
                out.insert(key.into(), value);
                self.space();
                if self.eat('}') {
                    break;
                }
                if !self.eat(',') {
                    return Err(self.unexpected(" after object key:value pair"));
                }
            }
        }
        Ok(Kind::Object(Arc::new(out)).into())
    }

    fn digits(&mut self, place: &str) -> Result<()> {
        let rest = self.rest();
        let count = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if count == 0 {
            return Err(self.broken(place));
        }
        self.at += count;
        Ok(())
    }

    fn number(&mut self) -> Result {
        let begin = self.at;
        self.eat('-');
        if !self.eat('0') {
            self.digits(" in numeric literal")?;
        }
        if self.eat('.') {
            self.digits(" after decimal point in numeric literal")?;
        }
        if self.eat('e') || self.eat('E') {
            let _signed = self.eat('+') || self.eat('-');
            self.digits(" in exponent of numeric literal")?;
        }
        let number = self.text.get(begin..self.at).and_then(Number::parse);
        number
            .map(Value::from)
            .ok_or_else(|| FunctionError::new("a number is required"))
    }

    fn string(&mut self) -> Result<String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let end = rest.find(['"', '\\']).unwrap_or(rest.len());
            let plain = rest.get(..end).unwrap_or_default();
            if let Some(c) = plain.find(|c: char| c < ' ') {
                self.at += c;
                return Err(self.unexpected(" in string literal"));
            }
            out.push_str(plain);
            self.at += end;
            if self.eat('"') {
                return Ok(if out.is_ascii() {
                    out
                } else {
                    out.nfc().collect()
                });
            }
            if !self.eat('\\') {
                return Err(FunctionError::new("unexpected EOF"));
            }
            self.escape(&mut out)?;
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<()> {
        let plain = match self.rest().chars().next() {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                self.at += 1;
                let first = self.hex()?;
                let mut c = char::from_u32(first);
                if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
                    let back = self.at;
                    self.at += 2;
                    let second = self.hex()?;
                    if (0xdc00..0xe000).contains(&second) {
                        c = char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
                    } else {
                        self.at = back;
                    }
                }
                out.push(c.unwrap_or('\u{fffd}'));
                return Ok(());
            }
            _ => return Err(self.broken(" in string escape code")),
        };
        self.at += 1;
        out.push(plain);
        Ok(())
    }

    fn hex(&mut self) -> Result<u32> {
        let mut n = 0;
        for _ in 0..4 {
            let digit = self.rest().chars().next().and_then(|c| c.to_digit(16));
            let digit = digit.ok_or_else(|| self.broken(" in \\u hexadecimal character escape"))?;
            n = n * 16 + digit;
            self.at += 1;
        }
        Ok(n)
    }
}
