//! Encodings: JSON, base64, CSV, URLs and gzip.

use base64::engine::{GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD};
use base64::{Engine, alphabet};
use bastionless_model::value::{Kind, Map, Type, Value, quote};

use super::{
    deflate::{checksum, compress},
    function::{
        Args, Function, FunctionError, Parameter,
        ParameterType::{Any, String as Text},
        Returns::{Always, Computed},
    },
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

/// Decodes also where the unused bits of the last character are not nought.
pub(super) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

const STR: Parameter = Parameter::new("str", Text);

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "base64decode",
        "Decodes base64 to a text.",
        &[STR],
        Always(Text),
        |a| {
            let bytes = LENIENT.decode(without_line_ends(a.text(0))).map_err(|_| {
                FunctionError::new(format!("failed to decode base64 data {}", a.shown(0)))
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
        |a| Ok(STANDARD.encode(gzip(a.text(0).as_bytes())).into()),
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
        Computed(jsondecode_type),
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

pub(super) fn without_line_ends(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect()
}

/// Even of an unknown text the beginning may be known, which tells something of the type.
fn jsondecode_type(args: &[Value]) -> Result<Type> {
    let Some(value) = args.first() else {
        return Ok(Type::Dynamic);
    };
    if let Some(text) = value.as_str() {
        return Ok(super::json::decode(text)?.type_of());
    }
    let prefix = value.refinement().and_then(|r| r.prefix.clone());
    match prefix.as_deref().and_then(|p| p.chars().next()) {
        None | Some('{' | '[' | 'n' | ' ' | '\t' | '\r' | '\n') => Ok(Type::Dynamic),
        Some('"') => Ok(Type::String),
        Some('t' | 'f') => Ok(Type::Bool),
        Some('-' | '0'..='9') => Ok(Type::Number),
        Some(c) => Err(FunctionError::argument(
            0,
            format!("a JSON document cannot begin with the character {c:?}"),
        )),
    }
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

/// Compresses with a frame that names neither file nor time.
fn gzip(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    out.extend_from_slice(&compress(data));
    out.extend_from_slice(&checksum(data).to_le_bytes());
    // The length is counted in 32 bits.
    out.extend_from_slice(
        &u32::try_from(data.len() & 0xffff_ffff)
            .unwrap_or(0)
            .to_le_bytes(),
    );
    out
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
                "duplicate column name {}",
                quote(name)
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
                "CSV parse error on line {line}: wrong number of fields"
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
    let wrong = |line: usize, what: &str| {
        FunctionError::new(format!("CSV parse error on line {line}: {what}"))
    };
    loop {
        let mut field = String::new();
        if let Some(mut quoted) = rest.strip_prefix('"') {
            loop {
                let Some(at) = quoted.find('"') else {
                    return Err(wrong(*line, "extraneous or missing \" in quoted-field"));
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
                return Err(wrong(*line, "extraneous or missing \" in quoted-field"));
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
            if plain.contains('"') {
                return Err(wrong(*line, "bare \" in non-quoted-field"));
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
