//! JSON text as the AWS provider prints it (Go's `encoding/json`: `<`, `>`, `&` and the two line separators are escaped).

use serde_json::Value as Json;

/// Prints JSON on one line without spaces, keys in the order of the value.
pub fn print(json: &Json) -> String {
    escape(&json.to_string())
}

/// Prints JSON over several lines, two spaces a level.
pub fn print_pretty(json: &Json) -> String {
    let mut out = String::new();
    pretty(json, 0, &mut out);
    escape(&out)
}

/// Returns the text with sorted keys and without white space: what the provider stores when AWS answers with a policy that
/// differs from the stored one. `None` if it is not JSON.
pub fn normalise(text: &str) -> Option<String> {
    serde_json::from_str(text)
        .ok()
        .map(|json| print(&sorted(json)))
}

/// Sorts the keys of all objects.
pub(super) fn sorted(json: Json) -> Json {
    match json {
        Json::Object(entries) => {
            let mut entries: Vec<_> = entries.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(entries.into_iter().collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn pretty(json: &Json, depth: usize, out: &mut String) {
    let open = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    match json {
        Json::Object(entries) if !entries.is_empty() => {
            out.push('{');
            for (i, (key, value)) in entries.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                open(out, depth + 1);
                out.push_str(&Json::from(key.as_str()).to_string());
                out.push_str(": ");
                pretty(value, depth + 1, out);
            }
            open(out, depth);
            out.push('}');
        }
        Json::Array(items) if !items.is_empty() => {
            out.push('[');
            for (i, value) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                open(out, depth + 1);
                pretty(value, depth + 1, out);
            }
            open(out, depth);
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// These characters occur in JSON only inside texts, so the whole can be escaped at once.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_and_markup_is_escaped() {
        assert_eq!(
            normalise("{\"b\": [ {\"d\": 1, \"c\": \"<a&b>\"} ], \"a\": true}").unwrap(),
            r#"{"a":true,"b":[{"c":"\u003ca\u0026b\u003e","d":1}]}"#
        );
        assert_eq!(normalise("{"), None);
    }

    #[test]
    fn empty_collections_stay_on_the_line() {
        let json: Json = serde_json::from_str(r#"{"a":[],"b":{"c":[1]}}"#).unwrap();
        assert_eq!(
            print_pretty(&json),
            "{\n  \"a\": [],\n  \"b\": {\n    \"c\": [\n      1\n    ]\n  }\n}"
        );
    }
}
