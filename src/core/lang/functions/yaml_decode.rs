//! Reading YAML with the scalars and errors of Terraform.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::value::{Kind, Map, Number, Type, Value, convert};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, StrInput, Tag};
use unicode_normalization::UnicodeNormalization;

use super::{FunctionError, timestamp::Timestamp};

type Result<T = Value> = std::result::Result<T, FunctionError>;

/// Reads the only document of a text.
pub(super) fn decode(text: &str) -> Result {
    let mut decoder = Decoder {
        parser: Parser::new_from_str(text),
        anchors: BTreeMap::new(),
    };
    loop {
        match decoder.next()? {
            Event::StreamEnd => return Err(wrong("missing start of document")),
            Event::DocumentStart(_) => break,
            _ => {}
        }
    }
    let event = decoder.next()?;
    let value = match event {
        Event::DocumentEnd => return Ok(Value::NULL),
        event => decoder.node(event)?,
    };
    loop {
        match decoder.next()? {
            Event::DocumentEnd | Event::Nothing => {}
            Event::StreamEnd => return Ok(value),
            _ => return Err(wrong("unexpected extra content after value")),
        }
    }
}

/// Terraform's decoder names the first place of the text, whatever is wrong.
fn wrong(what: &str) -> FunctionError {
    FunctionError::new(format!("on line 1, column 1: {what}"))
}

struct Decoder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: BTreeMap<usize, Value>,
}

impl<'a> Decoder<'a> {
    fn next(&mut self) -> Result<Event<'a>> {
        match self.parser.next() {
            None => Ok(Event::StreamEnd),
            Some(Ok((event, _))) => Ok(event),
            Some(Err(e)) => Err(wrong(&problem(&e))),
        }
    }

    fn node(&mut self, event: Event<'a>) -> Result {
        match event {
            Event::Alias(id) => self
                .anchors
                .get(&id)
                .cloned()
                .ok_or_else(|| wrong("self-referential alias")),
            Event::Scalar(text, style, id, tag) => {
                let value = scalar(&text, style, tag.as_deref())?;
                self.keep(id, value)
            }
            Event::SequenceStart(id, tag) => {
                check_tag(tag.as_deref(), "seq")?;
                let mut out = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => break,
                        event => out.push(self.node(event)?),
                    }
                }
                self.keep(id, Value::tuple(out))
            }
            Event::MappingStart(id, tag) => {
                check_tag(tag.as_deref(), "map")?;
                let mut out = Map::new();
                loop {
                    match self.next()? {
                        Event::MappingEnd => break,
                        key => self.entry(key, &mut out)?,
                    }
                }
                self.keep(id, Kind::Object(Arc::new(out)).into())
            }
            _ => Err(wrong("did not find expected node content")),
        }
    }

    fn keep(&mut self, id: usize, value: Value) -> Result {
        if id > 0 {
            self.anchors.insert(id, value.clone());
        }
        Ok(value)
    }

    fn entry(&mut self, key: Event<'a>, out: &mut Map) -> Result<()> {
        let merge = match &key {
            Event::Scalar(text, ScalarStyle::Plain, _, None) => text == "<<",
            Event::Scalar(_, _, _, Some(tag)) => tag.is_yaml_core_schema() && tag.suffix == "merge",
            _ => false,
        };
        if merge {
            let event = self.next()?;
            let value = self.node(event)?;
            return merge_into(&value, out);
        }
        let key = self.node(key)?;
        let name = convert(&key, &Type::String)
            .ok()
            .and_then(|k| k.as_str().map(Arc::<str>::from));
        let Some(name) = name else {
            return Err(wrong(if key.is_null() {
                "mapping key cannot be null"
            } else {
                "only strings or primitive values can be used as mapping keys"
            }));
        };
        let event = self.next()?;
        let value = self.node(event)?;
        out.insert(name, value);
        Ok(())
    }
}

fn merge_into(value: &Value, out: &mut Map) -> Result<()> {
    if let Some(entries) = value.entries() {
        out.extend(entries.iter().map(|(k, v)| (k.clone(), v.clone())));
        return Ok(());
    }
    match value.elements() {
        Some(all) if all.iter().all(|v| v.entries().is_some()) => {
            all.iter().try_for_each(|v| merge_into(v, out))
        }
        _ => Err(wrong(
            "cannot use this value as a merge source: map merge requires map or list of maps as the value",
        )),
    }
}

fn check_tag(tag: Option<&Tag>, own: &str) -> Result<()> {
    match tag {
        Some(t)
            if !(t.is_yaml_core_schema() && t.suffix == own
                || t.handle.is_empty() && t.suffix == "!") =>
        {
            Err(unsupported(t))
        }
        _ => Ok(()),
    }
}

fn unsupported(tag: &Tag) -> FunctionError {
    let name = if tag.is_yaml_core_schema() {
        format!("!!{}", tag.suffix)
    } else {
        format!("{}{}", tag.handle, tag.suffix)
    };
    wrong(&format!("unsupported tag {name:?}"))
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result {
    let string = || Value::from(text.nfc().collect::<String>());
    if style != ScalarStyle::Plain {
        return match tag {
            Some(t) if !(t.is_yaml_core_schema() || t.handle.is_empty() || t.suffix.is_empty()) => {
                Err(unsupported(t))
            }
            _ => Ok(string()),
        };
    }
    let Some(tag) = tag else {
        return Ok(plain(text).unwrap_or_else(string));
    };
    if !tag.is_yaml_core_schema() {
        return if tag.suffix.is_empty() || tag.suffix == "!" {
            Ok(string())
        } else {
            Err(unsupported(tag))
        };
    }
    let resolved = plain(text);
    let fits = |ok: fn(&Value) -> bool, what: &str| {
        resolved
            .clone()
            .filter(ok)
            .ok_or_else(|| wrong(&format!("cannot parse {text:?} as tag \"!!{what}\"")))
    };
    match tag.suffix.as_str() {
        "str" | "binary" => Ok(string()),
        "int" => fits(|v| v.as_number().is_some_and(Number::is_whole), "int"),
        "float" => fits(|v| v.as_number().is_some(), "float"),
        "bool" => fits(|v| v.as_bool().is_some(), "bool"),
        "null" => fits(Value::is_null, "null"),
        "timestamp" => timestamp(text)
            .map(Value::from)
            .ok_or_else(|| wrong(&format!("cannot parse {text:?} as tag \"!!timestamp\""))),
        _ => Err(unsupported(tag)),
    }
}

/// Reads a scalar without quotes and tag; `None` is a text.
fn plain(text: &str) -> Option<Value> {
    match text {
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
                return Some(time.into());
            }
            Number::parse(text).map(Value::from)
        }
        _ => None,
    }
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
    Timestamp::parse(&strict).ok().map(|t| t.to_string())
}

/// Says what is wrong in the words of libyaml.
fn problem(e: &ScanError) -> String {
    let info = e.info();
    let what = info
        .strip_prefix("while ")
        .and_then(|s| s.split_once(", "))
        .map_or(info, |(_, what)| what);
    match what {
        "expected ',' or ']'" => "did not find expected ',' or ']'".into(),
        "simple key expect ':'" | "simple key expected" | "simple key expected ':'" => {
            "could not find expected ':'".into()
        }
        "invalid indentation" => "did not find expected key".into(),
        other => other.to_owned(),
    }
}
