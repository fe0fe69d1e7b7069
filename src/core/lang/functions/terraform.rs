//! Functions of the provider that Terraform has built in: values as text of the language.

use bastionless_model::value::{Kind, Map, Value};

use super::function::{
    Args, Function, FunctionError, Parameter,
    ParameterType::{Any, String as Text},
    Returns::Always,
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

const VALUE: &[Parameter] = &[Parameter::new("value", Any)];

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "provider::terraform::encode_expr",
        "Writes a value as an expression.",
        VALUE,
        Always(Text),
        |a| {
            if !a.get(0).is_wholly_known() {
                return Ok(a.unknown());
            }
            let mut out = String::new();
            write(a.get(0), 0, &mut out);
            Ok(out.into())
        },
    )
    .examples(&[(
        "provider::terraform::encode_expr([1, \"a\"])",
        "\"[1, \\\"a\\\"]\"",
    )]),
    Function::new(
        "provider::terraform::encode_tfvars",
        "Writes an object as the text of a variables file.",
        VALUE,
        Always(Text),
        encode_tfvars,
    )
    .examples(&[(
        "provider::terraform::encode_tfvars({ a = 1, bb = true })",
        "\"a  = 1\\nbb = true\\n\"",
    )]),
];

fn encode_tfvars(args: &Args<'_>) -> Result {
    let value = args.get(0);
    let Some(entries) = value.entries() else {
        return Err(FunctionError::new(
            "invalid value to encode: must be an object whose attribute names will become the encoded variable names",
        ));
    };
    if let Some(name) = entries.keys().find(|k| !is_identifier(k)) {
        return Err(FunctionError::new(format!(
            "invalid variable name {name:?}: must be a valid identifier, per Terraform's rules for input variable declarations"
        )));
    }
    if !value.is_wholly_known() {
        return Ok(args.unknown());
    }
    let mut out = String::new();
    write_entries(entries, 0, &mut out);
    Ok(out.into())
}

fn is_identifier(name: &str) -> bool {
    let letter = |c: char| c.is_alphabetic() || c == '_';
    name.starts_with(letter)
        && name
            .chars()
            .all(|c| letter(c) || c.is_numeric() || c == '-')
}

fn write(value: &Value, indent: usize, out: &mut String) {
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(..) => out.push_str("null"),
        Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Kind::Number(n) => out.push_str(&n.to_string()),
        Kind::String(s) => quote(s, out),
        Kind::List(_, l) | Kind::Set(_, l) | Kind::Tuple(l) => {
            out.push('[');
            for (i, v) in l.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write(v, indent, out);
            }
            out.push(']');
        }
        Kind::Map(_, m) | Kind::Object(m) if m.is_empty() => out.push_str("{}"),
        Kind::Map(_, m) | Kind::Object(m) => {
            out.push_str("{\n");
            write_entries(m, indent + 1, out);
            out.push_str(&"  ".repeat(indent));
            out.push('}');
        }
    }
}

/// Writes `name = value` lines; the equals signs of neighbours of one line each are below each other.
fn write_entries(entries: &Map, indent: usize, out: &mut String) {
    let lines: Vec<(String, String)> = entries
        .iter()
        .map(|(k, v)| {
            let (mut name, mut text) = (String::new(), String::new());
            if is_identifier(k) {
                name.push_str(k);
            } else {
                quote(k, &mut name);
            }
            write(v, indent, &mut text);
            (name, text)
        })
        .collect();
    for neighbours in lines.chunk_by(|a, b| !a.1.contains('\n') && !b.1.contains('\n')) {
        let width = neighbours
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        for (name, text) in neighbours {
            let padding = " ".repeat(width - name.chars().count());
            out.push_str(&format!(
                "{}{name}{padding} = {text}\n",
                "  ".repeat(indent)
            ));
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' if chars.peek() == Some(&'{') => {
                out.push(c);
                out.push(c);
            }
            c if c.is_control() || (c.is_whitespace() && c != ' ') => {
                let n = u32::from(c);
                out.push_str(&if n < 0x10000 {
                    format!("\\u{n:04x}")
                } else {
                    format!("\\U{n:08x}")
                });
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
