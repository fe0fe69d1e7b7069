//! Encodings: JSON, base64, CSV, URLs, gzip and character sets.

use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use bastionless_model::value::{Kind, Map, Type, Value};
use flate2::{Crc, write::DeflateEncoder};

use super::function::{
    Args, Function, FunctionError, Parameter,
    ParameterType::{Any, String as Text},
    Returns::{Always, Computed},
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const STR: Parameter = Parameter::new("str", Text);

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "base64decode",
        "Decodes base64 to a text.",
        &[STR],
        Always(Text),
        |a| {
            let bytes = STANDARD.decode(without_line_ends(a.text(0))).map_err(|_| {
                FunctionError::new(format!("failed to decode base64 data {:?}", a.text(0)))
            })?;
            let text = String::from_utf8(bytes).map_err(|_| {
                FunctionError::new("the result of decoding the provided string is not valid UTF-8")
            })?;
            Ok(text.into())
        },
    )
    .examples(&[("base64decode(\"SGVsbG8gV29ybGQ=\")", "\"Hello World\"")]),
    Function::new(
        "base64encode",
        "Encodes a text as base64.",
        &[STR],
        Always(Text),
        |a| Ok(STANDARD.encode(a.text(0)).into()),
    )
    .examples(&[("base64encode(\"Hello World\")", "\"SGVsbG8gV29ybGQ=\"")]),
    Function::new(
        "base64gzip",
        "Compresses a text and encodes it as base64.",
        &[STR],
        Always(Text),
        |a| Ok(STANDARD.encode(gzip(a.text(0).as_bytes())?).into()),
    )
    .examples(&[(
        "base64gzip(\"\")",
        "\"H4sIAAAAAAAA/wAAAP//AQAA//8AAAAAAAAAAA==\"",
    )]),
    Function::new(
        "csvdecode",
        "Reads a table of comma-separated values.",
        &[STR],
        Computed(csv_type),
        |a| {
            let (names, rows) = csv_table(a.text(0))?;
            let rows = rows.into_iter().map(|row| {
                Value::object(names.iter().cloned().zip(row.into_iter().map(Value::from)))
            });
            Ok(Value::list(
                a.ty.element().cloned().unwrap_or(Type::Dynamic),
                rows.collect(),
            ))
        },
    )
    .examples(&[("csvdecode(\"a,b\\n1,2\")", "[{ a = \"1\", b = \"2\" }]")]),
    Function::new(
        "jsondecode",
        "Reads JSON.",
        &[STR],
        Computed(|args| match args.first().and_then(Value::as_str) {
            Some(text) => Ok(super::json::decode(text)?.type_of()),
            None => Ok(Type::Dynamic),
        }),
        |a| super::json::decode(a.text(0)),
    )
    .maybe_null()
    .examples(&[("jsondecode(\"{\\\"a\\\":[1,true]}\")", "{ a = [1, true] }")]),
    Function::new(
        "jsonencode",
        "Writes a value as JSON.",
        &[Parameter::new("val", Any).null().unknown().dynamic()],
        Always(Text),
        jsonencode,
    )
    .examples(&[(
        "jsonencode({ b = 1, a = [null, \"<\"] })",
        "\"{\\\"a\\\":[null,\\\"\\\\u003c\\\"],\\\"b\\\":1}\"",
    )]),
    Function::new(
        "textdecodebase64",
        "Decodes base64 to a text in a character set.",
        &[
            Parameter::new("source", Text),
            Parameter::new("encoding", Text),
        ],
        Always(Text),
        textdecode,
    )
    .examples(&[("textdecodebase64(\"SABpAA==\", \"UTF-16LE\")", "\"Hi\"")]),
    Function::new(
        "textencodebase64",
        "Encodes a text in a character set as base64.",
        &[
            Parameter::new("string", Text),
            Parameter::new("encoding", Text),
        ],
        Always(Text),
        textencode,
    )
    .examples(&[("textencodebase64(\"Hi\", \"UTF-16LE\")", "\"SABpAA==\"")]),
    Function::new(
        "urlencode",
        "Escapes a text for the query of a URL.",
        &[STR],
        Always(Text),
        |a| {
            let mut out = String::new();
            for b in a.text(0).bytes() {
                match b {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                        out.push(char::from(b))
                    }
                    b' ' => out.push('+'),
                    b => out.push_str(&format!("%{b:02X}")),
                }
            }
            Ok(out.into())
        },
    )
    .examples(&[
        ("urlencode(\"Hello World\")", "\"Hello+World\""),
        ("urlencode(\"☃\")", "\"%E2%98%83\""),
    ]),
];

fn without_line_ends(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect()
}

fn jsonencode(args: &Args<'_>) -> Result {
    let value = args.get(0);
    if value.is_wholly_known() {
        return Ok(json_text(value).into());
    }
    // The first character is known for some types.
    let prefix = match value.type_of() {
        _ if value.refinement().is_none_or(|r| !r.not_null) && value.is_unknown() => None,
        Type::String => Some("\""),
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => Some("["),
        Type::Map(_) | Type::Object(_) => Some("{"),
        _ => None,
    };
    Ok(args.unknown_with(bastionless_model::value::Refinement {
        not_null: true,
        prefix: prefix.map(Into::into),
        ..Default::default()
    }))
}

/// Writes a wholly known value as JSON in the bytes of Terraform: no spaces, keys in order, `<`, `>` and `&` escaped.
pub(super) fn json_text(value: &Value) -> String {
    let mut out = String::new();
    write_json(value, &mut out);
    out
}

/// Writes a text as a JSON string.
pub(super) fn json_string(text: &str) -> String {
    let mut out = String::new();
    write_string(text, &mut out);
    out
}

fn write_json(value: &Value, out: &mut String) {
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(..) => out.push_str("null"),
        Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Kind::Number(n) => out.push_str(&n.to_string()),
        Kind::String(s) => write_string(s, out),
        Kind::List(_, l) | Kind::Set(_, l) | Kind::Tuple(l) => {
            out.push('[');
            for (i, v) in l.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_json(v, out);
            }
            out.push(']');
        }
        Kind::Map(_, m) | Kind::Object(m) => write_entries(m, out),
    }
}

fn write_entries(m: &Map, out: &mut String) {
    out.push('{');
    for (i, (k, v)) in m.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write_string(k, out);
        out.push(':');
        write_json(v, out);
    }
    out.push('}');
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Compresses with the frame that Terraform's library writes: the flushed blocks and an empty last one.
fn gzip(data: &[u8]) -> Result<Vec<u8>> {
    let failed = |e: std::io::Error| FunctionError::new(format!("failed to compress: {e}"));
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    if data.is_empty() {
        out.extend_from_slice(&[0, 0, 0, 0xff, 0xff]);
    } else {
        let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).map_err(failed)?;
        encoder.flush().map_err(failed)?;
        out.extend_from_slice(encoder.get_ref());
    }
    out.extend_from_slice(&[1, 0, 0, 0xff, 0xff]);
    let mut crc = Crc::new();
    crc.update(data);
    out.extend_from_slice(&crc.sum().to_le_bytes());
    out.extend_from_slice(
        &u32::try_from(data.len() & 0xffff_ffff)
            .unwrap_or(0)
            .to_le_bytes(),
    );
    Ok(out)
}

enum Charset {
    Utf16 { big: bool, mark: bool },
    Latin1,
    Other(&'static encoding_rs::Encoding),
}

fn charset(args: &Args<'_>) -> Result<Charset> {
    let name = args.text(1);
    Ok(match name.to_ascii_lowercase().as_str() {
        "utf-16be" | "csutf16be" => Charset::Utf16 {
            big: true,
            mark: false,
        },
        "utf-16le" | "csutf16le" => Charset::Utf16 {
            big: false,
            mark: false,
        },
        "utf-16" | "csutf16" => Charset::Utf16 {
            big: true,
            mark: true,
        },
        "iso-8859-1" | "iso_8859-1" | "iso_8859-1:1987" | "iso-ir-100" | "latin1" | "l1"
        | "ibm819" | "cp819" | "csisolatin1" => Charset::Latin1,
        _ => match encoding_rs::Encoding::for_label_no_replacement(name.as_bytes()) {
            Some(e) => Charset::Other(e),
            None => {
                let message = format!(
                    "{name:?} is not a supported IANA encoding name or alias in this Terraform version"
                );
                return Err(FunctionError::argument(1, message));
            }
        },
    })
}

fn textencode(args: &Args<'_>) -> Result {
    let text = args.text(0);
    let lossy = || {
        let message = format!(
            "the given string contains characters that cannot be represented in {}",
            args.text(1)
        );
        FunctionError::argument(0, message)
    };
    let bytes: Vec<u8> = match charset(args)? {
        Charset::Utf16 { big, mark } => {
            let units = mark
                .then_some(0xfeff)
                .into_iter()
                .chain(text.encode_utf16());
            units
                .flat_map(|u: u16| {
                    if big {
                        u.to_be_bytes()
                    } else {
                        u.to_le_bytes()
                    }
                })
                .collect()
        }
        Charset::Latin1 => text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).map_err(|_| lossy()))
            .collect::<Result<_>>()?,
        Charset::Other(e) => match e.encode(text) {
            (bytes, _, false) => bytes.into_owned(),
            _ => return Err(lossy()),
        },
    };
    Ok(STANDARD.encode(bytes).into())
}

fn textdecode(args: &Args<'_>) -> Result {
    let charset = charset(args)?;
    let source = args.text(0);
    let bytes = STANDARD.decode(without_line_ends(source)).map_err(|e| {
        let at = match e {
            base64::DecodeError::InvalidByte(at, _)
            | base64::DecodeError::InvalidLastSymbol { offset: at, .. } => at,
            _ => source.len(),
        };
        FunctionError::argument(
            0,
            format!("the given value is has an invalid base64 symbol at offset {at}"),
        )
    })?;
    let wrong = || {
        let message = format!(
            "the given string contains symbols that are not defined for {}",
            args.text(1)
        );
        FunctionError::argument(0, message)
    };
    let text = match charset {
        Charset::Latin1 => bytes.iter().map(|b| char::from(*b)).collect(),
        Charset::Utf16 { mut big, mark } => {
            let mut units = bytes.as_slice();
            if mark && let Some(rest) = units.strip_prefix(&[0xfe, 0xff]) {
                units = rest;
            } else if mark && let Some(rest) = units.strip_prefix(&[0xff, 0xfe]) {
                (units, big) = (rest, false);
            }
            let pairs = units.chunks(2).map(|c| match c {
                [a, b] if big => u16::from_be_bytes([*a, *b]),
                [a, b] => u16::from_le_bytes([*a, *b]),
                _ => 0xfffd,
            });
            String::from_utf16(&pairs.collect::<Vec<u16>>()).map_err(|_| wrong())?
        }
        Charset::Other(e) => match e.decode_without_bom_handling_and_without_replacement(&bytes) {
            Some(text) => text.into_owned(),
            None => return Err(wrong()),
        },
    };
    Ok(text.into())
}

fn csv_type(args: &[Value]) -> Result<Type> {
    let Some(text) = args.first().and_then(Value::as_str) else {
        return Ok(Type::Dynamic);
    };
    let header = csv_rows(text)
        .next()
        .ok_or_else(|| FunctionError::new("missing header line"))?;
    let (_, names) = header?;
    Ok(Type::list(Type::object(
        unique(names)?.into_iter().map(|n| (n, Type::String)),
    )))
}

fn unique(names: Vec<String>) -> Result<Vec<String>> {
    let mut seen = std::collections::BTreeSet::new();
    for name in &names {
        if !seen.insert(name) {
            return Err(FunctionError::new(format!(
                "duplicate column name {name:?}"
            )));
        }
    }
    Ok(names)
}

fn csv_table(text: &str) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let mut rows = csv_rows(text);
    let (_, names) = rows
        .next()
        .ok_or_else(|| FunctionError::new("missing header line"))??;
    let mut out = Vec::new();
    for row in rows {
        let (line, row) = row?;
        if row.len() != names.len() {
            return Err(FunctionError::new(format!(
                "record on line {line}: wrong number of fields"
            )));
        }
        out.push(row);
    }
    Ok((names, out))
}

/// Reads records with the line that each begins on.
fn csv_rows(text: &str) -> impl Iterator<Item = Result<(usize, Vec<String>)>> {
    let mut rest = text;
    let mut line = 0;
    let mut failed = false;
    std::iter::from_fn(move || {
        if failed {
            return None;
        }
        let begin = loop {
            if rest.is_empty() {
                return None;
            }
            line += 1;
            match rest
                .strip_prefix("\r\n")
                .or_else(|| rest.strip_prefix('\n'))
            {
                Some(after) => rest = after,
                None => break line,
            }
        };
        let result = csv_record(&mut rest, &mut line).map(|row| (begin, row));
        failed = result.is_err();
        Some(result)
    })
}

fn csv_record(rest: &mut &str, line: &mut usize) -> Result<Vec<String>> {
    let mut row = Vec::new();
    let begin = *line;
    let start_length = rest.len();
    let wrong = |line: usize, column: usize, what: &str| {
        let place = if line == begin {
            String::new()
        } else {
            format!("record on line {begin}; ")
        };
        FunctionError::new(format!(
            "{place}parse error on line {line}, column {column}: {what}"
        ))
    };
    loop {
        let mut field = String::new();
        if let Some(mut quoted) = rest.strip_prefix('"') {
            loop {
                let Some(at) = quoted.find('"') else {
                    return Err(wrong(
                        *line,
                        start_length + 1,
                        "extraneous or missing \" in quoted-field",
                    ));
                };
                field.push_str(&quoted.get(..at).unwrap_or_default().replace("\r\n", "\n"));
                quoted = quoted.get(at + 1..).unwrap_or_default();
                match quoted.strip_prefix('"') {
                    Some(more) => {
                        field.push('"');
                        quoted = more;
                    }
                    None => break,
                }
            }
            *line += field.matches('\n').count();
            *rest = quoted;
            if !(rest.is_empty()
                || rest.starts_with(',')
                || rest.starts_with('\n')
                || rest.starts_with("\r\n"))
            {
                let column = start_length - rest.len();
                return Err(wrong(
                    *line,
                    column,
                    "extraneous or missing \" in quoted-field",
                ));
            }
        } else {
            let at = rest.find([',', '\n']).unwrap_or(rest.len());
            let plain = rest.get(..at).unwrap_or_default();
            *rest = rest.get(at..).unwrap_or_default();
            let plain = if rest.starts_with(',') {
                plain
            } else {
                plain.strip_suffix('\r').unwrap_or(plain)
            };
            if let Some(quote) = plain.find('"') {
                let column = start_length - rest.len() - plain.len() + quote + 1;
                return Err(wrong(*line, column, "bare \" in non-quoted-field"));
            }
            field.push_str(plain);
        }
        row.push(field);
        if let Some(more) = rest.strip_prefix(',') {
            *rest = more;
            continue;
        }
        *rest = rest
            .strip_prefix("\r\n")
            .or_else(|| rest.strip_prefix('\n'))
            .unwrap_or(rest);
        return Ok(row);
    }
}
