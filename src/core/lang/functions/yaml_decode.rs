//! Reading YAML with the scalars and errors of Terraform.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::value::{Kind, Map, Number, Type, Value, convert};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use unicode_normalization::UnicodeNormalization;

use super::{FunctionError, timestamp::Timestamp};

type Result<T = Value> = std::result::Result<T, FunctionError>;

/// Deeper documents are refused: reading one takes stack for every level.
const DEPTH: usize = 256;

/// How many nodes the aliases of a document may stand for: ten lines can stand for all memory there is.
const COPIES: usize = 1_000_000;

/// Reads the only document of a text.
pub(super) fn decode(text: &str) -> Result {
    check_text(text)?;
    let mut decoder = Decoder {
        text,
        parser: Parser::new_from_str(text),
        anchors: BTreeMap::new(),
        length: text.chars().count(),
        depth: 0,
        nodes: 0,
        copies: 0,
    };
    loop {
        match decoder.next()?.0 {
            Event::StreamEnd => {
                return Err(FunctionError::new(
                    "on line 1, column 1: missing start of document",
                ));
            }
            Event::DocumentStart(_) => break,
            _ => {}
        }
    }
    let value = match decoder.next()? {
        (Event::DocumentEnd, _) => return Ok(Value::NULL),
        (event, span) => decoder.node(event, span)?,
    };
    loop {
        match decoder.next()? {
            (Event::DocumentEnd | Event::Nothing, _) => {}
            (Event::StreamEnd, _) => return Ok(value),
            (_, span) => return Err(wrong(span.start, "unexpected extra content after value")),
        }
    }
}

/// Refuses what the parser would let through.
fn check_text(text: &str) -> Result<()> {
    let refused = if text
        .contains(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}'))
    {
        "control characters are not allowed"
    } else if text.starts_with('\t') {
        "found character that cannot start any token"
    } else if text.starts_with('%') && !text.starts_with("%YAML ") && !text.starts_with("%TAG ") {
        "found unknown directive name"
    } else if text
        .strip_prefix("%YAML ")
        .and_then(|rest| rest.split_whitespace().next())
        .is_some_and(|version| version.contains('.') && version != "1.1")
    {
        "found incompatible YAML document"
    } else {
        return Ok(());
    };
    Err(FunctionError::new(refused))
}

/// Says what is wrong, with the place that Terraform gives: lines from nought, and none in the first line.
fn wrong(at: Marker, what: &str) -> FunctionError {
    place(at.line().saturating_sub(1), at.col(), what)
}

fn place(line: usize, column: usize, what: &str) -> FunctionError {
    FunctionError::new(match line {
        0 => what.to_owned(),
        line => format!("on line {line}, column {}: {what}", column + 1),
    })
}

struct Decoder<'a> {
    text: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    /// The values of anchors, and how many nodes each has.
    anchors: BTreeMap<usize, (Value, usize)>,
    /// Characters of the text.
    length: usize,
    depth: usize,
    /// Nodes read so far, those of aliases included.
    nodes: usize,
    copies: usize,
}

impl<'a> Decoder<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span)> {
        match self.parser.next() {
            None => Ok((Event::StreamEnd, Span::default())),
            Some(Ok(next)) => Ok(next),
            Some(Err(e)) => Err(self.refused(&e)),
        }
    }

    /// Puts an error of the parser in the words of libyaml.
    fn refused(&self, e: &ScanError) -> FunctionError {
        let info = e.info();
        let what = info
            .strip_prefix("while ")
            .and_then(|s| s.split_once(", "))
            .map_or(info, |(_, what)| what);
        let what = match what {
            "found unknown anchor" => {
                return wrong(
                    *e.marker(),
                    &format!(
                        "reference to undefined anchor {:?}",
                        self.alias(*e.marker())
                    ),
                );
            }
            "expected ',' or ']'" => "did not find expected ',' or ']'",
            "simple key expect ':'" | "simple key expected" | "simple key expected ':'" => {
                "could not find expected ':'"
            }
            "invalid indentation" => "did not find expected key",
            "misplaced bracket" => "did not find expected node content",
            _ if info.starts_with("unexpected character") => {
                "found character that cannot start any token"
            }
            other => other,
        };
        let parsing = info.starts_with("while parsing")
            || ["misplaced bracket", "invalid indentation"].contains(&info)
            || what.starts_with("did not find expected <");
        // The end of the text is at the beginning of a line of its own.
        let lines = self.text.lines().count();
        let (line, column) = match e.marker() {
            at if at.index() >= self.length => (lines, 0),
            at => (at.line().saturating_sub(1), at.col()),
        };
        match (parsing, line) {
            (true, _) | (false, 0) => place(line, column, what),
            // The scanner counts lines from one, and no columns.
            (false, line) => place(line + 1, 0, what),
        }
    }

    /// Reads the name of an alias from the text.
    fn alias(&self, at: Marker) -> &'a str {
        let line = self
            .text
            .lines()
            .nth(at.line().saturating_sub(1))
            .unwrap_or_default();
        let from = line
            .char_indices()
            .nth(at.col())
            .map_or(line.len(), |(i, _)| i);
        let behind = line.get(from..).unwrap_or_default();
        let name = behind.trim_start_matches('*');
        let end = name
            .find(|c: char| c.is_whitespace() || ",]}".contains(c))
            .unwrap_or(name.len());
        name.get(..end).unwrap_or_default()
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result {
        if self.depth > DEPTH {
            return Err(wrong(span.start, "exceeded max depth"));
        }
        self.depth += 1;
        let before = self.nodes;
        self.nodes += 1;
        let value = self.content(event, span, before);
        self.depth -= 1;
        value
    }

    fn copy(&mut self, id: usize, span: Span) -> Result {
        let Some((value, nodes)) = self.anchors.get(&id).cloned() else {
            let name = self.alias(span.start);
            return Err(wrong(
                span.start,
                &format!("cannot refer to anchor {name:?} from inside its own definition"),
            ));
        };
        self.nodes += nodes;
        self.copies += nodes;
        if self.copies > COPIES {
            return Err(wrong(span.start, "document contains excessive aliasing"));
        }
        Ok(value)
    }

    /// Reads what a node holds; `before` is how many nodes there were before it.
    fn content(&mut self, event: Event<'a>, span: Span, before: usize) -> Result {
        match event {
            Event::Alias(id) => self.copy(id, span),
            Event::Scalar(mut text, style, id, tag) => {
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                if block && text.is_empty() && tag.is_none() {
                    return self.keep(id, Value::null(Type::String), before);
                }
                // Without a line end the last line of the text has none.
                if block
                    && span.end.index() >= self.length
                    && !self.text.ends_with('\n')
                    && text.ends_with('\n')
                {
                    text.to_mut().pop();
                }
                let value = scalar(&text, style, tag.as_deref())
                    .map_err(|what| wrong(span.start, &what))?;
                self.keep(id, value, before)
            }
            Event::SequenceStart(id, tag) => {
                check_tag(tag.as_deref(), "seq", "sequence")
                    .map_err(|what| wrong(span.start, &what))?;
                let mut out = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => out.push(self.node(event, span)?),
                    }
                }
                self.keep(id, Value::tuple(out), before)
            }
            Event::MappingStart(id, tag) => {
                check_tag(tag.as_deref(), "map", "mapping")
                    .map_err(|what| wrong(span.start, &what))?;
                let mut out = Map::new();
                loop {
                    match self.next()? {
                        (Event::MappingEnd, _) => break,
                        (key, span) => self.entry(key, span, &mut out)?,
                    }
                }
                self.keep(id, Kind::Object(Arc::new(out)).into(), before)
            }
            _ => Err(wrong(span.start, "did not find expected node content")),
        }
    }

    fn keep(&mut self, id: usize, value: Value, before: usize) -> Result {
        if id > 0 {
            let nodes = self.nodes - before;
            self.anchors.insert(id, (value.clone(), nodes));
        }
        Ok(value)
    }

    fn entry(&mut self, key: Event<'a>, at: Span, out: &mut Map) -> Result<()> {
        let merge = match &key {
            Event::Scalar(text, ScalarStyle::Plain, _, None) => text == "<<",
            Event::Scalar(_, _, _, Some(tag)) => tag.is_yaml_core_schema() && tag.suffix == "merge",
            Event::Scalar(..) => false,
            _ => return Err(wrong(at.start, "only strings are allowed as mapping keys")),
        };
        if merge {
            let (event, span) = self.next()?;
            let value = self.node(event, span)?;
            let Some(entries) = value.entries() else {
                let what = format!(
                    "cannot merge {} into mapping",
                    value.type_of().friendly_name()
                );
                return Err(wrong(span.start, &what));
            };
            out.extend(entries.iter().map(|(k, v)| (k.clone(), v.clone())));
            return Ok(());
        }
        let key = self.node(key, at)?;
        let name = convert(&key, &Type::String)
            .ok()
            .and_then(|k| k.as_str().map(Arc::<str>::from));
        let Some(name) = name else {
            return Err(wrong(at.start, "mapping key cannot be null"));
        };
        let (event, span) = self.next()?;
        let value = self.node(event, span)?;
        out.insert(name, value);
        Ok(())
    }
}

/// Writes a tag in full.
fn full(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn check_tag(tag: Option<&Tag>, own: &str, shape: &str) -> std::result::Result<(), String> {
    match tag {
        Some(t) if !(t.is_yaml_core_schema() && t.suffix == own) => {
            Err(format!("can't interpret {shape} as {}", full(t)))
        }
        _ => Ok(()),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> std::result::Result<Value, String> {
    let string = || Value::from(text.nfc().collect::<String>());
    let Some(tag) = tag else {
        return match style {
            ScalarStyle::Plain => plain(text).map(|v| v.unwrap_or_else(string)),
            _ => Ok(string()),
        };
    };
    let unsupported = || Err(format!("unsupported tag {:?}", full(tag)));
    if !tag.is_yaml_core_schema() {
        return unsupported();
    }
    if style != ScalarStyle::Plain {
        return Ok(string());
    }
    let fits = |ok: fn(&Value) -> bool| {
        plain(text)?
            .filter(ok)
            .ok_or_else(|| format!("cannot parse {text:?} as {}", full(tag)))
    };
    match tag.suffix.as_str() {
        "str" | "binary" => Ok(string()),
        "int" => fits(|v| v.as_number().is_some_and(Number::is_whole)),
        "float" => fits(|v| v.as_number().is_some()),
        "bool" => fits(|v| v.as_bool().is_some()),
        "null" => Ok(Value::NULL),
        "timestamp" => timestamp(text)
            .map(Value::from)
            .ok_or_else(|| format!("cannot parse {text:?} as {}", full(tag))),
        _ => unsupported(),
    }
}

/// Reads a scalar without quotes and tag; `None` is a text.
fn plain(text: &str) -> std::result::Result<Option<Value>, String> {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err("floating point NaN is not supported".into());
    }
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::NULL),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Some(true.into())
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(false.into())
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            Some(Number::infinity(false).into())
        }
        "-.inf" | "-.Inf" | "-.INF" => Some(Number::infinity(true).into()),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) => {
            if let Some(time) = timestamp(text) {
                return Ok(Some(time.into()));
            }
            let based = [("0x", 16), ("0o", 8)]
                .into_iter()
                .find_map(|(prefix, radix)| {
                    let digits = text
                        .strip_prefix(prefix)
                        .filter(|d| !d.starts_with(['+', '-']))?;
                    Number::parse_integer(digits, radix)
                });
            based.or_else(|| Number::parse(text)).map(Value::from)
        }
        _ => None,
    })
}

/// Reads a date, or a date and a time, and writes it as RFC 3339.
fn timestamp(text: &str) -> Option<String> {
    let digits = |s: &str, most: usize| {
        (1..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit())
    };
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (
            text.get(..at)?,
            Some((text.as_bytes().get(at)?, text.get(at + 1..)?)),
        ),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4
        || !digits(year, 4)
        || !digits(month, 2)
        || !digits(day, 2)
        || parts.next().is_some()
    {
        return None;
    }
    let (clock, zone) = match time {
        None => ("0:0:0", "Z"),
        Some((b' ', clock)) => (clock, "Z"),
        Some((_, rest)) => {
            let at = rest.find(['Z', '+', '-'])?;
            (rest.get(..at)?, rest.get(at..)?)
        }
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    if ![hour, minute, second].iter().all(|p| digits(p, 2))
        || parts.next().is_some()
        || !digits(fraction, 40)
    {
        return None;
    }
    let strict = format!("{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute:0>2}:{second:0>2}{zone}");
    Timestamp::parse(&strict, false).ok().map(|t| t.to_string())
}
