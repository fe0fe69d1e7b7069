//! A policy with one element taken away or widened.

use serde_json::{Map, Value as Json, json};

/// Statements of `deny_others` are named so, with a number.
const OTHERS: &str = "Others";

/// A changed policy.
pub(super) struct Mutant {
    pub(super) kind: &'static str,
    pub(super) what: String,
    /// It is a statement that denies, of which more is seen only where something else allows.
    pub(super) is_denial: bool,
    /// It is a statement of `deny_others`.
    pub(super) is_of_others: bool,
    /// An element of it is wider, not gone.
    pub(super) is_wider: bool,
    /// The actions of the statement.
    pub(super) actions: Vec<String>,
    /// A policy of the statement alone, before and after.
    pub(super) alone: (String, String),
    /// Empty if no statement is left.
    pub(super) text: String,
}

fn list(value: &Json) -> Vec<String> {
    match value {
        Json::Array(l) => l.iter().map(|v| v.as_str().unwrap().to_owned()).collect(),
        one => vec![one.as_str().unwrap().to_owned()],
    }
}

/// Returns all mutants of a policy.
pub(super) fn of(text: &str) -> Vec<Mutant> {
    let policy: Json = serde_json::from_str(text).unwrap();
    let statements = policy["Statement"].as_array().unwrap().clone();
    let mut out = Vec::new();
    for (i, s) in statements.iter().enumerate() {
        let sid = s["Sid"].as_str().unwrap();
        let mut put = |kind, what: String, changed: Option<Json>| {
            let mut statements = statements.clone();
            let after = changed.clone();
            match changed {
                Some(changed) => statements[i] = changed,
                None => drop(statements.remove(i)),
            }
            let text = |statements: &[Json]| match statements {
                [] => String::new(),
                some => json!({ "Version": policy["Version"], "Statement": some }).to_string(),
            };
            out.push(Mutant {
                kind,
                what,
                is_denial: s["Effect"] == "Deny",
                is_of_others: sid.starts_with(OTHERS),
                is_wider: kind.ends_with("widened"),
                actions: list(&s["Action"]),
                alone: (text(std::slice::from_ref(s)), text(after.as_slice())),
                text: text(&statements),
            });
        };
        put("statement removed", sid.to_owned(), None);
        let resource = if s.get("Resource").is_some() {
            "Resource"
        } else {
            "NotResource"
        };
        for (element, removed) in [("Action", "action removed"), (resource, "resource removed")] {
            let all = list(&s[element]);
            for at in 0..all.len() {
                if all.len() > 1 {
                    let mut fewer = all.clone();
                    let gone = fewer.remove(at);
                    put(
                        removed,
                        format!("{sid}: {gone}"),
                        Some(with(s, element, fewer.into())),
                    );
                }
                for (kind, wider) in if element == "Action" {
                    wider_actions(&all[at])
                } else {
                    wider_arns(&all[at])
                } {
                    let mut changed = all.clone();
                    changed[at] = wider.clone();
                    put(
                        kind,
                        format!("{sid}: {} -> {wider}", all[at]),
                        Some(with(s, element, changed.into())),
                    );
                }
            }
        }
        for (what, kind, conditions) in conditions(s.get("Condition").and_then(Json::as_object)) {
            let changed = match conditions.is_empty() {
                true => {
                    let mut o = s.as_object().unwrap().clone();
                    o.shift_remove("Condition");
                    Json::Object(o)
                }
                false => with(s, "Condition", Json::Object(conditions)),
            };
            put(kind, format!("{sid}: {what}"), Some(changed));
        }
    }
    out
}

/// Takes the statements of `deny_others` out; empty if no statement is left.
pub(super) fn without_others(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut policy: Json = serde_json::from_str(text).unwrap();
    let statements = policy["Statement"].as_array_mut().unwrap();
    statements.retain(|s| !s["Sid"].as_str().unwrap().starts_with(OTHERS));
    if statements.is_empty() {
        String::new()
    } else {
        policy.to_string()
    }
}

fn with(s: &Json, key: &str, value: Json) -> Json {
    let mut out = s.clone();
    out[key] = value;
    out
}

fn wider_actions(action: &str) -> Vec<(&'static str, String)> {
    let service = action.split(':').next().unwrap();
    vec![
        ("action widened", format!("{service}:*")),
        ("action widened", "*".into()),
    ]
}

fn wider_arns(arn: &str) -> Vec<(&'static str, String)> {
    if arn == "*" {
        return Vec::new();
    }
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let mut out = vec![("resource widened", "*".to_owned())];
    for at in 1..6 {
        let mut changed: Vec<String> = parts.iter().map(|p| (*p).to_owned()).collect();
        for wider in match at {
            5 => {
                let cut = |c| {
                    parts[5]
                        .split_once(c)
                        .map(|(kind, _)| format!("{kind}{c}*"))
                };
                let last = parts[5]
                    .strip_suffix("/*")
                    .unwrap_or(parts[5])
                    .rsplit_once('/')
                    .map(|(head, _)| format!("{head}/*"));
                [Some("*".to_owned()), cut('/'), cut(':'), last]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            _ => vec!["*".to_owned()],
        } {
            changed[at] = wider;
            let text = changed.join(":");
            if text != arn && !out.iter().any(|(_, t)| *t == text) {
                out.push((
                    if at == 5 {
                        "resource widened"
                    } else {
                        "segment widened"
                    },
                    text,
                ));
            }
        }
    }
    out
}

fn conditions(all: Option<&Map<String, Json>>) -> Vec<(String, &'static str, Map<String, Json>)> {
    let mut out = Vec::new();
    let Some(all) = all else { return out };
    for (operator, keys) in all {
        for (key, value) in keys.as_object().unwrap() {
            let mut without = all.clone();
            without[operator].as_object_mut().unwrap().shift_remove(key);
            without.retain(|_, keys| !keys.as_object().unwrap().is_empty());
            out.push((format!("{operator} {key}"), "condition removed", without));
            let values = list(value);
            let mut put = |kind, what: String, values: Vec<String>| {
                let mut changed = all.clone();
                changed[operator][key] = values.into();
                out.push((format!("{operator} {key}: {what}"), kind, changed));
            };
            for at in 0..values.len() {
                if values.len() > 1 {
                    let mut fewer = values.clone();
                    let gone = fewer.remove(at);
                    put("value removed", gone, fewer);
                }
                if let Some(wider) = wider_value(operator, key, &values[at]) {
                    let mut changed = values.clone();
                    changed[at] = wider.clone();
                    put(
                        "value widened",
                        format!("{} -> {wider}", values[at]),
                        changed,
                    );
                }
            }
        }
    }
    out
}

/// Another value that more (or, in a negated condition, less) fits.
fn wider_value(operator: &str, key: &str, value: &str) -> Option<String> {
    let key = key.to_lowercase();
    match operator {
        "IpAddress" | "NotIpAddress" => Some(
            if value.contains(':') {
                "::/0"
            } else {
                "0.0.0.0/0"
            }
            .into(),
        ),
        "NumericLessThanEquals" | "NumericGreaterThanIfExists" => {
            Some((value.parse::<i64>().unwrap() + 1).to_string())
        }
        // Allowed before, denied from then on.
        "DateLessThan" | "DateGreaterThanEquals" if value.starts_with("2027") => {
            Some("2099-01-01T00:00:00Z".into())
        }
        "DateLessThan" | "DateGreaterThanEquals" => Some("2000-01-01T00:00:00Z".into()),
        // Another value is as wide, but no longer what was granted.
        "NumericEquals" | "NumericNotEquals" => Some("5432".into()),
        "StringEquals" | "StringNotEquals" if key == "ec2:osuser" => Some("root".into()),
        "StringEquals" | "StringNotEquals" if key.starts_with("aws:resourcetag/access") => {
            Some("team-b".into())
        }
        "StringEquals" | "StringNotEquals" if key.starts_with("aws:resourcetag/stage") => {
            Some("test".into())
        }
        "StringEquals" | "StringNotEquals" if key.ends_with("session-id") => {
            Some("AROAEXAMPLE:mallory".into())
        }
        "StringEquals" if key == "aws:requestedregion" => Some("eu-north-1".into()),
        "Bool" | "BoolIfExists" => Some(if value == "true" { "false" } else { "true" }.into()),
        _ => None,
    }
}
