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
    /// A plain text or one with kept line ends stands last: the end of the document must be marked.
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
                if k.len() > 128 {
                    self.out.push_str("? ");
                    self.quoted(k);
                    self.out.push('\n');
                    self.out.extend(std::iter::repeat_n(' ', indent));
                } else {
                    self.quoted(k);
                }
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
            Kind::String(s) => self.quoted(s),
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
            _ => {
                self.out.push('+');
                self.open = true;
            }
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

    fn quoted(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\0' => self.out.push_str("\\0"),
                '\u{7}' => self.out.push_str("\\a"),
                '\u{8}' => self.out.push_str("\\b"),
                '\t' => self.out.push_str("\\t"),
                '\n' => self.out.push_str("\\n"),
                '\u{b}' => self.out.push_str("\\v"),
                '\u{c}' => self.out.push_str("\\f"),
                '\r' => self.out.push_str("\\r"),
                '\u{1b}' => self.out.push_str("\\e"),
                '\u{85}' => self.out.push_str("\\N"),
                '\u{2028}' => self.out.push_str("\\L"),
                '\u{2029}' => self.out.push_str("\\P"),
                c if printable(c) => self.out.push(c),
                c => {
                    let n = u32::from(c);
                    self.out.push_str(&match n {
                        0..=0xff => format!("\\x{n:02X}"),
                        0x100..=0xffff => format!("\\u{n:04X}"),
                        _ => format!("\\U{n:08X}"),
                    });
                }
            }
        }
        self.out.push('"');
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
