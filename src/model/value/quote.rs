//! Texts in quotes, as Terraform's messages and orders have them.

/// Writes a text in quotes with the escapes of Go's `%q`.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            ' '..='~' => out.push(c),
            c if is_printable(c) => out.push(c),
            c => {
                let n = u32::from(c);
                out.push_str(&match n {
                    0..=0x7f => format!("\\x{n:02x}"),
                    0x80..=0xffff => format!("\\u{n:04x}"),
                    _ => format!("\\U{n:08x}"),
                });
            }
        }
    }
    out.push('"');
    out
}

/// Tells whether a character shows: letters, marks, numbers, punctuation and symbols do.
fn is_printable(c: char) -> bool {
    // Behind a letter Rust escapes just what does not show.
    let mut buffer = [b'a'; 5];
    let length = buffer
        .get_mut(1..)
        .map_or(0, |rest| c.encode_utf8(rest).len());
    let text = buffer
        .get(..=length)
        .and_then(|b| std::str::from_utf8(b).ok());
    text.is_some_and(|t| t.escape_debug().nth(1) == Some(c))
}
