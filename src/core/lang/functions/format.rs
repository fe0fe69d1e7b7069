//! `format` and `formatlist`: text with verbs like those of C.

use bastionless_model::value::{Kind, Number, Refinement, Type, Value, convert};
use unicode_segmentation::UnicodeSegmentation;

use super::{
    bounds,
    encoding::{json_string, json_text},
    function::{
        Args, Function, FunctionError, Parameter,
        ParameterType::{Any, String as Text, Strings},
        Returns::Always,
    },
};

type Result<T = Value> = std::result::Result<T, FunctionError>;

/// The most that a width or a precision may be: a text of a few bytes must not ask for all memory.
const LONGEST: usize = 1_000_000;

const FORMAT: Parameter = Parameter::new("format", Text);
const ARGS: Parameter = Parameter::new("args", Any).null().unknown().dynamic();

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "format",
        "Formats values by a template with verbs.",
        &[FORMAT],
        Always(Text),
        format,
    )
    .variadic(ARGS)
    .examples(&[(
        "format(\"Hello, %s! %05.1f%%\", \"Ander\", 2.25)",
        "\"Hello, Ander! 002.2%\"",
    )]),
    Function::new(
        "formatlist",
        "Formats each element of lists by a template with verbs.",
        &[FORMAT],
        Always(Strings),
        formatlist,
    )
    .variadic(ARGS)
    .examples(&[(
        "formatlist(\"Hello, %s!\", [\"A\", \"B\"])",
        "[\"Hello, A!\", \"Hello, B!\"]",
    )]),
];

fn format(args: &Args<'_>) -> Result {
    let values = args.values.get(1..).unwrap_or_default();
    if !values.iter().all(Value::is_wholly_known) {
        let literal = args.text(0).split('%').next().unwrap_or_default();
        return Ok(unknown_text(args, literal));
    }
    match write(args.text(0), values)? {
        Written::Text(s) => Ok(s.into()),
        Written::Unknown(prefix) => Ok(unknown_text(args, &prefix)),
    }
}

/// Makes an unknown text of which the beginning is known, but for the last character, which may still combine.
fn unknown_text(args: &Args<'_>, prefix: &str) -> Value {
    let safe = prefix
        .grapheme_indices(true)
        .next_back()
        .map_or(0, |(at, _)| at);
    let prefix = prefix.get(..safe).filter(|p| !p.is_empty()).map(Into::into);
    Value::unknown_refined(
        Type::String,
        Refinement {
            not_null: true,
            prefix,
            ..Default::default()
        },
    )
    .with_marks(args.get(0).marks())
}

fn formatlist(args: &Args<'_>) -> Result {
    let values = args.values.get(1..).unwrap_or_default();
    if values.is_empty() {
        // A template without arguments is formatted once.
        return match write(args.text(0), &[])? {
            Written::Text(s) => Ok(Value::list(Type::String, vec![s.into()])),
            Written::Unknown(_) => Ok(args.unknown()),
        };
    }
    let mut count: Option<(usize, usize)> = None;
    let mut unknown = false;
    for (i, v) in values.iter().enumerate() {
        let iterable = matches!(v.type_of(), Type::List(_) | Type::Set(_) | Type::Tuple(_));
        if !iterable || v.is_null() {
            unknown |= v.is_unknown() && v.type_of() == Type::Dynamic;
            continue;
        }
        let Some(n) = super::function::known_length(v).filter(|_| v.is_known()) else {
            unknown = true;
            continue;
        };
        match count {
            Some((first, m)) if m != n => {
                let message = format!(
                    "argument {} has length {n}, which is inconsistent with argument {} of length {m}",
                    i + 1,
                    first + 1
                );
                return Err(FunctionError::argument(i + 1, message));
            }
            Some(_) => {}
            None => count = Some((i, n)),
        }
    }
    if unknown {
        return Ok(args.unknown());
    }
    let rows = count.map_or(1, |(_, n)| n);
    let mut out = Vec::with_capacity(rows);
    let mut length = 0;
    for row in 0..rows {
        let arguments: Vec<Value> = values
            .iter()
            .map(|v| match v.kind() {
                Kind::List(..) | Kind::Set(..) | Kind::Tuple(_) => {
                    v.children().nth(row).cloned().unwrap_or(Value::NULL)
                }
                _ => v.clone(),
            })
            .collect();
        if !arguments.iter().all(Value::is_wholly_known) {
            out.push(Value::unknown(Type::String));
            continue;
        }
        let written = write(args.text(0), &arguments).map_err(|e| {
            FunctionError::new(format!("error on format iteration {row}: {}", e.message))
        })?;
        out.push(match written {
            Written::Text(s) => {
                length += s.len();
                bounds::text(length)?;
                s.into()
            }
            Written::Unknown(prefix) => unknown_text(args, &prefix),
        });
    }
    Ok(Value::list(Type::String, out))
}

enum Written {
    Text(String),
    /// What comes before the first unknown argument.
    Unknown(String),
}

#[derive(Default)]
struct Verb<'a> {
    /// The verb as written.
    raw: &'a str,
    offset: usize,
    plus: bool,
    minus: bool,
    hash: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
    argument: usize,
    mode: char,
}

fn write(format: &str, args: &[Value]) -> Result<Written> {
    let mut out = String::new();
    let mut unknown = None;
    let (mut next, mut highest, mut verbs) = (1, 0, 0);
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let from = rest.get(at..).unwrap_or_default();
        let offset = format.len() - from.len();
        if let Some(after) = from.strip_prefix("%%") {
            out.push('%');
            rest = after;
            continue;
        }
        let verb = parse_verb(format, from, offset, next)?;
        rest = from.get(verb.raw.len()..).unwrap_or_default();
        next = verb.argument + 1;
        highest = highest.max(verb.argument);
        verbs += 1;
        let Some(arg) = args.get(verb.argument.wrapping_sub(1)) else {
            return Err(FunctionError::new(format!(
                "not enough arguments for {:?} at {}: need index {} but have {} total",
                verb.raw,
                verb.offset,
                verb.argument,
                args.len()
            )));
        };
        check_verb(&verb)?;
        if arg.is_unknown() || (verb.mode == 'v' && !arg.is_wholly_known()) {
            unknown.get_or_insert_with(|| out.clone());
            continue;
        }
        append(&verb, arg, &mut out)?;
        bounds::text(out.len())?;
    }
    out.push_str(rest);
    if verbs == 0 && !args.is_empty() {
        return Err(FunctionError::argument(
            1,
            "too many arguments; no verbs in format string",
        ));
    }
    if highest < args.len() {
        let message = format!("too many arguments; only {highest} used by format string");
        return Err(FunctionError::argument(highest + 1, message));
    }
    Ok(unknown.map_or_else(|| Written::Text(nfc(&out)), Written::Unknown))
}

fn nfc(s: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    s.nfc().collect()
}

fn parse_verb<'a>(format: &str, from: &'a str, offset: usize, next: usize) -> Result<Verb<'a>> {
    let mut verb = Verb {
        offset,
        argument: next,
        ..Verb::default()
    };
    let bytes = from.as_bytes();
    let mut i = 1;
    let peek = |i: usize| bytes.get(i).copied();
    let number = |i: &mut usize| {
        let start = *i;
        while peek(*i).is_some_and(|b| b.is_ascii_digit()) {
            *i += 1;
        }
        from.get(start..*i).and_then(|s| s.parse::<usize>().ok())
    };
    loop {
        match peek(i) {
            Some(b'+') => verb.plus = true,
            Some(b'-') => verb.minus = true,
            Some(b'#') => verb.hash = true,
            Some(b' ') => verb.space = true,
            Some(b'0') => verb.zero = true,
            _ => break,
        }
        i += 1;
    }
    verb.width = number(&mut i);
    if peek(i) == Some(b'.') {
        i += 1;
        verb.precision = Some(number(&mut i).unwrap_or(0));
    }
    let mut complete = true;
    if peek(i) == Some(b'[') {
        i += 1;
        complete = matches!(peek(i), Some(b'1'..=b'9'));
        if complete {
            verb.argument = number(&mut i).unwrap_or(usize::MAX);
            complete = peek(i) == Some(b']');
            i += usize::from(complete);
        }
    }
    if verb.width.max(verb.precision) > Some(LONGEST) {
        return Err(FunctionError::new(format!(
            "the width or precision of the verb at offset {offset} is above {LONGEST}"
        )));
    }
    match from.get(i..).and_then(|s| s.chars().next()) {
        Some(c) if complete && c.is_ascii_alphabetic() => {
            verb.mode = c;
            verb.raw = from.get(..=i).unwrap_or(from);
            Ok(verb)
        }
        Some(c) => Err(FunctionError::new(format!(
            "unrecognized format character {c:?} at offset {}",
            offset + i
        ))),
        None => Err(FunctionError::new(format!(
            "invalid format string starting at offset {}",
            format.len()
        ))),
    }
}

fn check_verb(verb: &Verb<'_>) -> Result<()> {
    if "vtbdoxXeEfgGsq".contains(verb.mode) {
        return Ok(());
    }
    Err(FunctionError::new(format!(
        "unsupported format verb {:?} in {:?} at offset {}",
        verb.mode, verb.raw, verb.offset
    )))
}

fn append(verb: &Verb<'_>, arg: &Value, out: &mut String) -> Result<()> {
    let unsupported = |why: &str| {
        FunctionError::new(format!(
            "unsupported value for {:?} at {}: {why}",
            verb.raw, verb.offset
        ))
    };
    if verb.mode == 'v' {
        append_any(verb, arg, out);
        return Ok(());
    }
    if arg.is_null() {
        return Err(unsupported("null value cannot be formatted"));
    }
    let to = |ty: Type| convert(arg, &ty).map_err(|e| unsupported(&e.message));
    match verb.mode {
        't' => {
            let b = to(Type::Bool)?;
            // Whatever width is wanted.
            out.push_str(if b.as_bool() == Some(true) {
                "true"
            } else {
                "false"
            });
        }
        's' | 'q' => append_text(verb, to(Type::String)?.as_str().unwrap_or_default(), out),
        _ => {
            let value = to(Type::Number)?;
            let number = value.as_number().unwrap_or(&Number::ZERO);
            if is_whole_verb(verb) && !number.is_whole() {
                return Err(unsupported("an integer is required"));
            }
            append_number(verb, number, out);
        }
    }
    Ok(())
}

/// `%v`: texts and numbers as they are, everything else as JSON.
fn append_any(verb: &Verb<'_>, arg: &Value, out: &mut String) {
    match arg.kind() {
        Kind::String(s) if !verb.hash => pad_text(verb, s, out),
        Kind::Number(n) if !verb.hash => {
            let mut text = String::from(if n.is_negative() { "-" } else { "" });
            match n
                .shortest_decimal()
                .map(|d| d.write_general(None, false, &mut text))
            {
                Some(written) => {
                    debug_assert!(written.is_ok(), "writing to a string does not fail")
                }
                None => text.push_str(if n.is_negative() { "Inf" } else { "+Inf" }),
            }
            pad_text(verb, &text, out);
        }
        _ => pad_text(verb, &json_text(arg), out),
    }
}

fn append_text(verb: &Verb<'_>, text: &str, out: &mut String) {
    let cut = match verb.precision {
        Some(n) if n > 0 => text.graphemes(true).take(n).collect::<String>(),
        _ => text.to_owned(),
    };
    let text = if verb.mode == 'q' {
        json_string(&cut)
    } else {
        cut
    };
    pad_text(verb, &text, out);
}

/// Pads a text to the width, at the right too with zeros where the flags say so.
fn pad_text(verb: &Verb<'_>, text: &str, out: &mut String) {
    let missing = verb
        .width
        .unwrap_or(0)
        .saturating_sub(text.graphemes(true).count());
    let filler = std::iter::repeat_n(if verb.zero { '0' } else { ' ' }, missing);
    if verb.minus {
        out.push_str(text);
        out.extend(filler);
    } else {
        out.extend(filler);
        out.push_str(text);
    }
}

/// Pads a number to the width; zeros go between the sign and the digits.
fn pad_number(verb: &Verb<'_>, sign: &str, digits: &str, zero: bool, out: &mut String) {
    let missing = verb
        .width
        .unwrap_or(0)
        .saturating_sub(sign.len() + digits.len());
    let spaces = if zero && !verb.minus { 0 } else { missing };
    if !verb.minus {
        out.extend(std::iter::repeat_n(' ', spaces));
    }
    out.push_str(sign);
    out.extend(std::iter::repeat_n('0', missing - spaces));
    out.push_str(digits);
    if verb.minus {
        out.extend(std::iter::repeat_n(' ', spaces));
    }
}

fn append_number(verb: &Verb<'_>, n: &Number, out: &mut String) {
    let whole = is_whole_verb(verb);
    let sign = match (
        n.is_negative() && !(whole && n.is_zero()),
        verb.plus,
        verb.space,
    ) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ if n.is_infinite() => "+",
        _ => "",
    };
    let mut text = String::new();
    let written = match (verb.mode, n.exact_decimal()) {
        (_, None) => {
            text.push_str("Inf");
            Ok(())
        }
        ('b' | 'd' | 'o' | 'x' | 'X', Some(_)) => {
            text = whole_digits(verb, n);
            Ok(())
        }
        ('f', Some(mut d)) => {
            let places = verb.precision.unwrap_or(6);
            d.round_places(places);
            d.write_plain(Some(places), &mut text)
        }
        ('e' | 'E', Some(mut d)) => {
            let places = verb.precision.unwrap_or(6);
            d.round(places + 1);
            d.write_scientific(Some(places), verb.mode == 'E', &mut text)
        }
        ('g' | 'G', Some(exact)) => {
            let d = if verb.precision.is_some() {
                exact
            } else {
                n.shortest_decimal().unwrap_or(exact)
            };
            d.write_general(verb.precision, verb.mode == 'G', &mut text)
        }
        (_, Some(_)) => Ok(()),
    };
    debug_assert!(written.is_ok(), "writing to a string does not fail");
    let prefix = match (verb.hash, verb.mode) {
        (true, 'b') => "0b",
        (true, 'o') => "0",
        (true, 'x') => "0x",
        (true, 'X') => "0X",
        _ => "",
    };
    let zero = verb.zero && !n.is_infinite() && !(whole && verb.precision.is_some());
    pad_number(verb, &format!("{sign}{prefix}"), &text, zero, out);
}

fn is_whole_verb(verb: &Verb<'_>) -> bool {
    matches!(verb.mode, 'b' | 'd' | 'o' | 'x' | 'X')
}

fn whole_digits(verb: &Verb<'_>, n: &Number) -> String {
    let radix = match verb.mode {
        'b' => 2,
        'o' => 8,
        'd' => 10,
        _ => 16,
    };
    let mut digits = n.trunc().abs().to_radix(radix);
    if verb.mode == 'X' {
        digits = digits.to_ascii_uppercase();
    }
    if let Some(count) = verb.precision {
        if count == 0 && n.is_zero() {
            return String::new();
        }
        digits = format!("{}{digits}", "0".repeat(count.saturating_sub(digits.len())));
    }
    digits
}
