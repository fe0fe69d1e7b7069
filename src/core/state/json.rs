//! JSON text as Go's encoder writes it, so that the files equal Terraform's byte by byte.

/// Appends a text as a JSON string; `<`, `>`, `&` and the line separators U+2028 and U+2029 are escaped as Go does.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut start = 0;
    for (i, c) in text.char_indices() {
        let Some(escape) = escape_of(c) else { continue };
        out.push_str(text.get(start..i).unwrap_or_default());
        match escape {
            Escape::Short(s) => out.push_str(s),
            Escape::Code => push_code(out, c),
        }
        start = i + c.len_utf8();
    }
    out.push_str(text.get(start..).unwrap_or_default());
    out.push('"');
}

enum Escape {
    Short(&'static str),
    Code,
}

fn escape_of(c: char) -> Option<Escape> {
    match c {
        '"' => Some(Escape::Short("\\\"")),
        '\\' => Some(Escape::Short("\\\\")),
        '\n' => Some(Escape::Short("\\n")),
        '\r' => Some(Escape::Short("\\r")),
        '\t' => Some(Escape::Short("\\t")),
        '\u{8}' => Some(Escape::Short("\\b")),
        '\u{c}' => Some(Escape::Short("\\f")),
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => Some(Escape::Code),
        c if c < ' ' => Some(Escape::Code),
        _ => None,
    }
}

fn push_code(out: &mut String, c: char) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        let nibble = (u32::from(c) >> shift) & 0xf;
        out.push(DIGITS.get(nibble as usize).copied().unwrap_or('0'));
    }
}

/// Appends valid JSON with two spaces of indentation a level, beginning at `depth`, in Go's manner: white space outside of
/// texts is made anew, `<`, `>` and `&` inside them are escaped, everything else (numbers above all) stays as it is.
pub(crate) fn push_indented(out: &mut String, json: &str, depth: usize) {
    let bytes = json.as_bytes();
    let mut depth = depth;
    let mut i = 0;
    // Set after an opening bracket: whether the container is empty shows at its next byte.
    let mut opened = false;
    while let Some(&b) = bytes.get(i) {
        if b.is_ascii_whitespace() {
            i += 1;
            continue;
        }
        if opened {
            opened = false;
            if matches!(b, b'}' | b']') {
                depth = depth.saturating_sub(1);
                out.push(char::from(b));
                i += 1;
                continue;
            }
            push_line(out, depth);
        }
        match b {
            b'{' | b'[' => {
                out.push(char::from(b));
                depth += 1;
                opened = true;
                i += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                push_line(out, depth);
                out.push(char::from(b));
                i += 1;
            }
            b',' => {
                out.push(',');
                push_line(out, depth);
                i += 1;
            }
            b':' => {
                out.push_str(": ");
                i += 1;
            }
            b'"' => {
                let end = string_end(bytes, i);
                push_raw_string(out, json.get(i..end).unwrap_or_default());
                i = end;
            }
            _ => {
                let scalar = bytes.get(i..).unwrap_or_default();
                let len = scalar
                    .iter()
                    .position(|b| b.is_ascii_whitespace() || matches!(b, b',' | b'}' | b']'))
                    .unwrap_or(scalar.len());
                out.push_str(json.get(i..i + len).unwrap_or_default());
                i += len.max(1);
            }
        }
    }
}

/// Returns valid JSON without white space outside of texts, on one line.
pub(crate) fn compact(json: &str) -> String {
    let bytes = json.as_bytes();
    let mut out = String::with_capacity(json.len());
    let mut i = 0;
    while let Some(&b) = bytes.get(i) {
        let end = match b {
            b'"' => string_end(bytes, i),
            b if b.is_ascii_whitespace() => {
                i += 1;
                continue;
            }
            _ => bytes
                .get(i..)
                .and_then(|rest| {
                    rest.iter()
                        .position(|b| *b == b'"' || b.is_ascii_whitespace())
                })
                .map_or(bytes.len(), |n| i + n),
        };
        out.push_str(json.get(i..end).unwrap_or_default());
        i = end;
    }
    out
}

/// Returns the index after the closing quote of the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut i = start + 1;
    while let Some(&b) = bytes.get(i) {
        match b {
            b'\\' => i += 2,
            b'"' => return i + 1,
            _ => i += 1,
        }
    }
    bytes.len()
}

fn push_raw_string(out: &mut String, text: &str) {
    if !text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => push_code(out, c),
            c => out.push(c),
        }
    }
}

/// Begins a new line at a depth.
pub(crate) fn push_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indented(json: &str) -> String {
        let mut out = String::new();
        push_indented(&mut out, json, 0);
        out
    }

    #[test]
    fn containers_are_laid_out_as_by_go() {
        assert_eq!(
            indented("{\"a\" : [ ] ,\"b\":{ },\"c\":[1.50,\n true,{\"d\":null}]}"),
            "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1.50,\n    true,\n    {\n      \"d\": null\n    }\n  ]\n}"
        );
        assert_eq!(indented(" 12e400 "), "12e400");
        assert_eq!(indented("[[],[[]]]"), "[\n  [],\n  [\n    []\n  ]\n]");
    }

    #[test]
    fn compact_text_stands_on_one_line() {
        assert_eq!(
            compact("{\n \"a b\\\" \" : [ 1 , 2.0 ]\r\n}\n"),
            "{\"a b\\\" \":[1,2.0]}"
        );
    }

    #[test]
    fn texts_keep_their_brackets_and_escape_markup() {
        assert_eq!(
            indented(r#"{"a,{":"x\\\"}<\u00e9\u003e>&é"}"#),
            "{\n  \"a,{\": \"x\\\\\\\"}\\u003c\\u00e9\\u003e\\u003e\\u0026é\"\n}"
        );
        let mut out = String::new();
        push_string(&mut out, "a\"\\\n\t\u{1}<é\u{2028}\u{7f}");
        assert_eq!(out, "\"a\\\"\\\\\\n\\t\\u0001\\u003cé\\u2028\u{7f}\"");
    }
}
