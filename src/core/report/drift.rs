//! Drift as compact JSON, one object a line, and for people.

use std::fmt::Write as _;

use bastionless_model::value::{Kind, Path, Step, Value, to_json};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::{Style, text::paint_sign, value_text};
use crate::plan::drift::Finding;

/// Writes a finding as an object.
pub fn drift_json(finding: &Finding) -> Json {
    match finding {
        Finding::Changed {
            address,
            path,
            old,
            new,
            sensitive,
        } => json!({
            "address": address.to_string(),
            "kind": "changed",
            "attribute": path_text(path),
            "old": shown(old, *sensitive),
            "new": shown(new, *sensitive),
        }),
        Finding::Gone { address, id } => json!({
            "address": address.to_string(), "kind": "deleted", "attribute": null, "old": { "id": id }, "new": null,
        }),
        Finding::Unmanaged(u) => json!({
            "address": u.parent.to_string(),
            "kind": "unmanaged",
            "child": { "type": u.child.type_name, "id": u.child.id },
            "attribute": null,
            "old": null,
            "new": given(&u.child.attributes),
        }),
    }
}

/// Writes findings for people.
pub fn drift_text(findings: &[Finding], style: Style) -> String {
    let mut out = String::new();
    for finding in findings {
        match finding {
            Finding::Changed {
                address,
                path,
                old,
                new,
                sensitive,
            } => {
                let (old, new) = if *sensitive {
                    (
                        "(sensitive value)".to_owned(),
                        "(sensitive value)".to_owned(),
                    )
                } else {
                    (value_text(old), value_text(new))
                };
                let _ = writeln!(
                    out,
                    "{} {address}\n    {}: {old} -> {new}",
                    paint_sign('~', style),
                    path_text(path)
                );
            }
            Finding::Gone { address, id } => {
                let id = id
                    .as_ref()
                    .map(|id| format!(" [id={id}]"))
                    .unwrap_or_default();
                let _ = writeln!(out, "{} {address}{id}\n    is gone", paint_sign('-', style));
            }
            Finding::Unmanaged(u) => {
                let _ = writeln!(
                    out,
                    "{} {}\n    {} {} is managed by nobody",
                    paint_sign('+', style),
                    u.parent,
                    u.child.type_name,
                    u.child.id
                );
                for (name, v) in given(&u.child.attributes) {
                    let _ = writeln!(out, "      {name} = {v}");
                }
            }
        }
    }
    out
}

/// Writes a path as `tags.Name`, `rule[0].name`, `tags["a b"]`.
pub fn path_text(path: &Path) -> String {
    let mut out = String::new();
    let plain = |s: &str| {
        !s.is_empty()
            && !s.starts_with(|c: char| c.is_ascii_digit())
            && s.chars()
                .all(|c| c.is_alphanumeric() || c == '_' || c == '-')
    };
    for step in &path.0 {
        match step {
            Step::Attribute(name) => {
                let _ = write!(out, "{}{name}", if out.is_empty() { "" } else { "." });
            }
            Step::Index(v) => match v.as_str() {
                Some(key) if plain(key) => {
                    let _ = write!(out, ".{key}");
                }
                Some(key) => {
                    let _ = write!(out, "[{}]", crate::lang::address::quote(key));
                }
                None => {
                    let _ = write!(out, "[{}]", to_json(v));
                }
            },
            Step::Element(_) => break,
        }
    }
    out
}

fn shown(value: &Value, sensitive: bool) -> Json {
    if sensitive {
        "(sensitive value)".into()
    } else {
        to_json(value)
    }
}

/// What is set of a child.
fn given(value: &Value) -> JsonMap<String, Json> {
    let empty = |v: &Value| v.is_null() || matches!(v.kind(), Kind::Map(_, m) if m.is_empty());
    let entries = value.entries().into_iter().flatten();
    entries
        .filter(|(_, v)| !empty(v))
        .map(|(k, v)| (k.to_string(), to_json(v)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::address::AbsInstance;

    #[test]
    fn a_changed_tag_is_one_line() {
        let finding = Finding::Changed {
            address: AbsInstance::parse("aws_vpc.a[\"x\"]").unwrap(),
            path: Path::default().attribute("tags").index("Name"),
            old: Value::from("a"),
            new: Value::NULL,
            sensitive: false,
        };
        assert_eq!(
            drift_json(&finding).to_string(),
            r#"{"address":"aws_vpc.a[\"x\"]","kind":"changed","attribute":"tags.Name","old":"a","new":null}"#
        );
        assert_eq!(
            drift_text(&[finding], Style::default()),
            "~ aws_vpc.a[\"x\"]\n    tags.Name: \"a\" -> null\n"
        );
    }
}
