//! Escapes of literal text.

use std::borrow::Cow;

use bastionless_model::base::{Diagnostic, SourceId, Span};

use super::cursor::{Parsed, error};

/// Resolves `$${` and `%%{`.
pub(super) fn plain(raw: &str) -> Cow<'_, str> {
    if !raw.contains("$${") && !raw.contains("%%{") {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        rest = step_plain(rest, c, &mut out);
    }
    Cow::Owned(out)
}

/// Takes one character or one `$${`/`%%{` off the text.
fn step_plain<'a>(rest: &'a str, c: char, out: &mut String) -> &'a str {
    if let Some(after) = rest.strip_prefix("$${") {
        out.push_str("${");
        return after;
    }
    if let Some(after) = rest.strip_prefix("%%{") {
        out.push_str("%{");
        return after;
    }
    out.push(c);
    rest.get(c.len_utf8()..).unwrap_or_default()
}

/// Resolves the escapes of a quoted string; `at` is where the text starts in the source.
pub(super) fn quoted(source: SourceId, at: usize, raw: &str) -> Parsed<Cow<'_, str>> {
    if !raw.contains('\\') {
        return Ok(plain(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        if c == '\\' {
            let start = at + raw.len() - rest.len();
            rest = escape(source, start, rest, &mut out)?;
        } else {
            rest = step_plain(rest, c, &mut out);
        }
    }
    Ok(Cow::Owned(out))
}

fn escape<'a>(
    source: SourceId,
    start: usize,
    rest: &'a str,
    out: &mut String,
) -> Result<&'a str, Box<Diagnostic>> {
    let bad = |len: usize, detail: String| {
        let span = Span::new(source, start, start + len);
        Err(error(span, "Invalid escape sequence", detail))
    };
    let body = rest.get(1..).unwrap_or_default();
    let Some(selector) = body.chars().next() else {
        return bad(
            1,
            "Backslash must be followed by an escape sequence selector character.".into(),
        );
    };
    let after = body.get(selector.len_utf8()..).unwrap_or_default();
    let plain = match selector {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '"' => '"',
        '\\' => '\\',
        'u' | 'U' => {
            let (want, words) = if selector == 'u' {
                (4, "\\u escape sequence must be followed by four")
            } else {
                (8, "\\U escape sequence must be followed by eight")
            };
            let found = after
                .chars()
                .take(want)
                .take_while(char::is_ascii_hexdigit)
                .count();
            let digits = after.get(..found).unwrap_or_default();
            if found < want {
                return bad(2 + found, format!("The {words} hexadecimal digits."));
            }
            let code = u32::from_str_radix(digits, 16).unwrap_or(u32::MAX);
            let Some(c) = char::from_u32(code) else {
                return bad(
                    2 + found,
                    format!("Cannot encode character U+{code:04x} in UTF-8."),
                );
            };
            out.push(c);
            return Ok(after.get(found..).unwrap_or_default());
        }
        other => {
            return bad(
                1 + other.len_utf8(),
                format!("The symbol \"{other}\" is not a valid escape sequence selector."),
            );
        }
    };
    out.push(plain);
    Ok(after)
}
