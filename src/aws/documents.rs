//! Policy documents as AWS gives them.

use serde_json::Value as Json;

/// Decodes a document that IAM returns URL-encoded, and writes it as Terraform stores it: keys sorted, no white space.
pub(crate) fn from_iam(document: &str) -> String {
    normalised(&decode(document))
}

/// Writes JSON with sorted keys and without white space; other text stays as it is.
pub(crate) fn normalised(text: &str) -> String {
    match serde_json::from_str::<Json>(text) {
        // Go's encoder, whose output stands in states, escapes these three.
        Ok(json) => sorted(json)
            .to_string()
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026"),
        Err(_) => text.to_owned(),
    }
}

fn sorted(json: Json) -> Json {
    match json {
        Json::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(entries.into_iter().collect())
        }
        Json::Array(list) => Json::Array(list.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Undoes RFC 3986 encoding. A document that is not encoded begins with `{` and stays as it is.
fn decode(text: &str) -> String {
    if text.trim_start().starts_with('{') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        let mut ahead = rest.clone();
        let hex = |d: Option<u8>| d.and_then(|d| char::from(d).to_digit(16));
        match (b, hex(ahead.next()), hex(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = ahead;
            }
            _ => bytes.push(b),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iam_documents_are_decoded_and_sorted() {
        let encoded = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%7D%5D%7D";
        assert_eq!(
            from_iam(encoded),
            r#"{"Statement":[{"Action":"s3:*","Effect":"Allow"}],"Version":"2012-10-17"}"#
        );
        assert_eq!(from_iam("{ \"a\" : \"x<y+z\" }"), "{\"a\":\"x\\u003cy+z\"}");
        assert_eq!(from_iam("100%25 text"), "100% text");
    }
}
