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
    if parser.at < text.len() {
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

    fn unexpected(&self) -> FunctionError {
        FunctionError::new(match self.rest().chars().next() {
            None => "EOF".to_owned(),
            Some('\'') => "invalid character '\\''".to_owned(),
            Some(c) => format!("invalid character {c:?}"),
        })
    }

    fn value(&mut self, depth: usize) -> Result {
        if depth > DEPTH {
            return Err(FunctionError::new("exceeded max depth"));
        }
        self.space();
        let rest = self.rest();
        for (word, value) in [
            ("null", Value::NULL),
            ("true", true.into()),
            ("false", false.into()),
        ] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        match rest.bytes().next() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Value::from(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            None => Err(FunctionError::new("unexpected end of JSON input")),
            _ => Err(self.unexpected()),
        }
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
                return Err(self.unexpected());
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result {
        self.at += 1;
        let mut out = Map::new();
        self.space();
        if !self.eat('}') {
            loop {
                self.space();
                if !self.rest().starts_with('"') {
                    return Err(self.unexpected());
                }
                let key = self.string()?;
                self.space();
                if !self.eat(':') {
                    return Err(self.unexpected());
                }
                let value = self.value(depth + 1)?;
                out.insert(key.into(), value);
                self.space();
                if self.eat('}') {
                    break;
                }
                if !self.eat(',') {
                    return Err(self.unexpected());
                }
            }
        }
        Ok(Kind::Object(Arc::new(out)).into())
    }

    fn number(&mut self) -> Result {
        let rest = self.rest();
        let unsigned = rest.strip_prefix('-').unwrap_or(rest);
        let digits = |s: &str| s.len() - s.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mut length = if unsigned.starts_with('0') {
            1
        } else {
            digits(unsigned)
        };
        let after = |n: usize| unsigned.get(n..).unwrap_or_default();
        let mut bad = length == 0;
        if let Some(fraction) = after(length).strip_prefix('.') {
            bad |= digits(fraction) == 0;
            length += 1 + digits(fraction);
        }
        if let Some(exponent) = after(length).strip_prefix(['e', 'E']) {
            let plain = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            bad |= digits(plain) == 0;
            length += 1 + (exponent.len() - plain.len()) + digits(plain);
        }
        let total = length + rest.len() - unsigned.len();
        let number = rest.get(..total).and_then(Number::parse).filter(|_| !bad);
        self.at += total;
        number.map(Value::from).ok_or_else(|| self.unexpected())
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
                return Err(self.unexpected());
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
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        out.push(plain);
        Ok(())
    }

    fn hex(&mut self) -> Result<u32> {
        let digits = self
            .rest()
            .get(..4)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let n = digits
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .ok_or_else(|| self.unexpected())?;
        self.at += 4;
        Ok(n)
    }
}
