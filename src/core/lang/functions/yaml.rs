//! `yamlencode`: the bytes that Terraform writes. `yamldecode` is in `yaml_decode`.

use bastionless_model::value::{Kind, Type, Value};

use super::{
    function::{
        Function, Parameter,
        ParameterType::{Any, String as Text},
        Returns::{Always, Computed},
    },
    yaml_decode::decode,
};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "yamldecode",
        "Reads YAML.",
        &[Parameter::new("src", Text)],
        Computed(|args| match args.first().and_then(Value::as_str) {
            Some(text) => Ok(decode(text)?.type_of()),
            None => Ok(Type::Dynamic),
        }),
        |a| decode(a.text(0)),
    )
    .maybe_null()
    .examples(&[(
        "yamldecode(\"a: 1\\nb: [x, yes]\\n\")",
        "{ a = 1, b = [\"x\", true] }",
    )]),
    Function::new(
        "yamlencode",
        "Writes a value as YAML.",
        &[Parameter::new("value", Any).null()],
        Always(Text),
        |a| {
            Ok(if a.get(0).is_wholly_known() {
                encode(a.get(0)).into()
            } else {
                a.unknown()
            })
        },
    )
    .maybe_null()
    .examples(&[(
        "yamlencode({ a = 1, b = [\"x\", true] })",
        "\"\\\"a\\\": 1\\n\\\"b\\\":\\n- \\\"x\\\"\\n- true\\n\"",
    )]),
];

fn encode(value: &Value) -> String {
    let mut writer = Writer {
        out: String::new(),
        open: false,
    };
    match value.kind() {
        Kind::String(_) | Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) => {
            let plain = value.as_str().is_none();
            writer.scalar(value, 0);
            writer.open |= plain;
        }
        _ if value.children().next().is_none() => writer.scalar(value, 0),
        _ => writer.block(value, 0),
    }
    if writer.open {
        writer.out.push_str("...\n");
    }
    writer.out
}

struct Writer {
    out: String,
    /// A plain scalar stands alone: the end of the document must be marked.
    open: bool,
}

impl Writer {
    /// Writes a collection that is not empty, from where the line stands; further lines are indented.
    fn block(&mut self, value: &Value, indent: usize) {
        let mut first = true;
        let mut begin = |w: &mut Self| {
            if !std::mem::take(&mut first) {
                w.out.extend(std::iter::repeat_n(' ', indent));
            }
        };
        if let Some(entries) = value.entries() {
            for (k, v) in entries {
                begin(self);
                self.key(k, indent);
                self.out.push(':');
                match (v.elements(), v.entries()) {
                    (Some([_, ..]), _) => {
                        self.out.push('\n');
                        self.out.extend(std::iter::repeat_n(' ', indent));
                        self.block(v, indent);
                    }
                    (_, Some(m)) if !m.is_empty() => {
                        self.out.push('\n');
                        self.out.extend(std::iter::repeat_n(' ', indent + 2));
                        self.block(v, indent + 2);
                    }
                    _ => {
                        self.out.push(' ');
                        self.scalar(v, indent);
                    }
                }
            }
            return;
        }
        for v in value.children() {
            begin(self);
            self.out.push_str("- ");
            if v.children().next().is_some() {
                self.block(v, indent + 2);
            } else {
                self.scalar(v, indent);
            }
        }
    }

    /// Writes a key; one that is long or has several lines stands behind a question mark.
    fn key(&mut self, key: &str, indent: usize) {
        if key.len() <= 128 && !key.contains('\n') {
            return self.quoted(key, None);
        }
        self.out.push_str("? ");
        if key.contains('\n') && may_be_literal(key) {
            self.literal(key, indent + 2);
        } else {
            self.quoted(key, Some(indent + 2));
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// Writes a scalar or an empty collection with the end of the line.
    fn scalar(&mut self, value: &Value, indent: usize) {
        self.open = false;
        match value.kind() {
            Kind::Null(_) | Kind::Unknown(..) => self.out.push_str("null"),
            Kind::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Kind::Number(n) if n.is_infinite() => {
                self.out
                    .push_str(if n.is_negative() { "-.inf" } else { ".inf" })
            }
            Kind::Number(n) => self.out.push_str(&n.to_string()),
            Kind::String(s) if s.contains('\n') && may_be_literal(s) => {
                return self.literal(s, indent + 2);
            }
            Kind::String(s) => self.quoted(s, Some(indent + 2)),
            Kind::List(..) | Kind::Set(..) | Kind::Tuple(_) => self.out.push_str("[]"),
            Kind::Map(..) | Kind::Object(_) => self.out.push_str("{}"),
        }
        self.out.push('\n');
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.out.push('|');
        if text.starts_with([' ', '\n']) {
            self.out.push('2');
        }
        let body = text.trim_end_matches('\n');
        match text.len() - body.len() {
            0 => self.out.push('-'),
            1 if !body.is_empty() => {}
            _ => self.out.push('+'),
        }
        self.out.push('\n');
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if !line.is_empty() {
                self.out.extend(std::iter::repeat_n(' ', indent));
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }

    /// Writes a text in quotes. With an indentation a space behind column 80 becomes the end of a line.
    fn quoted(&mut self, text: &str, fold: Option<usize>) {
        let line = self.out.rfind('\n').map_or(0, |at| at + 1);
        let mut column = self.out.get(line..).unwrap_or_default().chars().count();
        self.out.push('"');
        column += 1;
        let mut after_space = false;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let before = self.out.len();
            match (c, fold) {
                (' ', Some(indent))
                    if !after_space && column > 80 && at > 0 && at + 1 < text.len() =>
                {
                    self.out.push('\n');
                    self.out.extend(std::iter::repeat_n(' ', indent));
                    column = indent;
                    if chars.peek().is_some_and(|(_, next)| *next == ' ') {
                        self.out.push('\\');
                        column += 1;
                    }
                }
                _ => {
                    self.escaped(c);
                    column += self.out.get(before..).unwrap_or_default().chars().count();
                }
            }
            after_space = c == ' ';
        }
        self.out.push('"');
    }

    fn escaped(&mut self, c: char) {
        let short = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\0' => "\\0",
            '\u{7}' => "\\a",
            '\u{8}' => "\\b",
            '\t' => "\\t",
            '\n' => "\\n",
            '\u{b}' => "\\v",
            '\u{c}' => "\\f",
            '\r' => "\\r",
            '\u{1b}' => "\\e",
            '\u{85}' => "\\N",
            '\u{2028}' => "\\L",
            '\u{2029}' => "\\P",
            c if printable(c) => return self.out.push(c),
            _ => "",
        };
        let n = u32::from(c);
        match n {
            _ if !short.is_empty() => self.out.push_str(short),
            0..=0xff => self.out.push_str(&format!("\\x{n:02X}")),
            0x100..=0xffff => self.out.push_str(&format!("\\u{n:04X}")),
            _ => self.out.push_str(&format!("\\U{n:08X}")),
        }
    }
}

/// Tells whether the character needs no escape.
fn printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

/// Tells whether a text of several lines can be written line by line.
fn may_be_literal(text: &str) -> bool {
    !text.ends_with(' ')
        && !text.contains(" \n")
        && text
            .chars()
            .all(|c| c == '\n' || (printable(c) && !matches!(c, '\u{2028}' | '\u{2029}')))
}
