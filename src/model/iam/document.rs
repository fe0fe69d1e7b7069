//! The data source `aws_iam_policy_document`: blocks in, JSON text out.
//!
//! Rules of the AWS provider, as told by its acceptance tests and by recorded cases a056 to a058: statements of the source
//! documents, then the own ones, then the overriding documents; an equal `Sid` replaces; one text stands without brackets,
//! several are sorted backwards; `&{…}` becomes a policy variable.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::{
    policy::{Condition, Policy, Principal, Statement},
    text::{print, print_pretty},
};
use crate::value::Value;

const OLD_VERSION: &str = "2008-10-17";
const DEFAULT_VERSION: &str = "2012-10-17";

/// What the data source gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The document over several lines.
    pub json: String,
    /// The document on one line.
    pub minified_json: String,
    /// A checksum of the document.
    pub id: String,
}

/// Renders the document that a configuration of the data source describes; the configuration is wholly known.
///
/// # Errors
/// Says what is wrong in the words of the AWS provider.
pub fn render(config: &Value) -> Result<Rendered, String> {
    let version = config
        .get_str("version")
        .filter(|v| !v.is_empty())
        .unwrap_or(DEFAULT_VERSION);
    let mut out = Policy::default();
    let mut seen = BTreeSet::new();
    for (i, text) in texts(config, "source_policy_documents")
        .into_iter()
        .enumerate()
    {
        let Some(text) = text else { continue };
        let fail = |e: String| problem(&format!("merging source document {i}: {e}"));
        let source = Policy::parse(text).map_err(|e| fail(e.0))?;
        for (j, s) in source.statements.iter().enumerate() {
            if !s.sid.is_empty() && !seen.insert(s.sid.clone()) {
                let place = format!(
                    "duplicate Sid ({}) in source_policy_documents (statement {j})",
                    s.sid
                );
                return Err(fail(format!(
                    "{place}. Remove the Sid or ensure Sids are unique."
                )));
            }
        }
        merge(&mut out, source);
    }
    merge(&mut out, own(config, version)?);
    for (i, text) in texts(config, "override_policy_documents")
        .into_iter()
        .enumerate()
    {
        let Some(text) = text else { continue };
        let source = Policy::parse(text)
            .map_err(|e| problem(&format!("merging override document {i}: {}", e.0)))?;
        merge(&mut out, source);
    }
    let tree = tree(&out);
    let json = print_pretty(&tree);
    Ok(Rendered {
        id: crc32(json.as_bytes()).to_string(),
        minified_json: print(&tree),
        json,
    })
}

/// Returns the value that the data source has: the configuration with the computed attributes filled in.
///
/// # Errors
/// As [`render`].
pub fn read(config: &Value) -> Result<Value, String> {
    let rendered = render(config)?;
    let effects = |statements: &Value| {
        statements
            .clone()
            .transform(&mut |v| match v.get("effect") {
                Some(effect) if effect.is_null() => v.with("effect", "Allow".into()),
                _ => v,
            })
    };
    let mut out = config.clone();
    if config.get("version").is_some_and(Value::is_null) {
        out = out.with("version", DEFAULT_VERSION.into());
    }
    if let Some(statements) = config.get("statement") {
        out = out.with("statement", effects(statements));
    }
    Ok(out
        .with("json", rendered.json.into())
        .with("minified_json", rendered.minified_json.into())
        .with("id", rendered.id.into()))
}

fn problem(text: &str) -> String {
    format!("writing IAM Policy Document: {text}")
}

fn texts<'a>(config: &'a Value, key: &str) -> Vec<Option<&'a str>> {
    let list = config
        .get(key)
        .and_then(Value::elements)
        .unwrap_or_default();
    list.iter().map(Value::as_str).collect()
}

fn merge(into: &mut Policy, from: Policy) {
    if !from.id.is_empty() {
        into.id = from.id;
    }
    if from.version > into.version {
        into.version = from.version;
    }
    for s in from.statements {
        match into
            .statements
            .iter_mut()
            .find(|old| !s.sid.is_empty() && old.sid == s.sid)
        {
            Some(old) => *old = s,
            None => into.statements.push(s),
        }
    }
}

fn own(config: &Value, version: &str) -> Result<Policy, String> {
    let mut out = Policy {
        version: version.to_owned(),
        id: config.get_str("policy_id").unwrap_or_default().to_owned(),
        statements: Vec::new(),
    };
    let mut seen = BTreeSet::new();
    for s in config
        .get("statement")
        .and_then(Value::elements)
        .unwrap_or_default()
    {
        let statement = statement(s, version)?;
        if !statement.sid.is_empty() && !seen.insert(statement.sid.clone()) {
            let text = format!(
                "duplicate Sid ({}). Remove the Sid or ensure the Sid is unique.",
                statement.sid
            );
            return Err(problem(&text));
        }
        out.statements.push(statement);
    }
    Ok(out)
}

fn statement(s: &Value, version: &str) -> Result<Statement, String> {
    let list = |key| {
        let items = strings(s, key);
        if items.is_empty() {
            None
        } else {
            Some(one_or_many(items))
        }
    };
    let variables = |json: Option<Json>| json.map(|j| with_variables(j, version)).transpose();
    Ok(Statement {
        sid: s.get_str("sid").unwrap_or_default().to_owned(),
        effect: s
            .get_str("effect")
            .filter(|e| !e.is_empty())
            .unwrap_or("Allow")
            .to_owned(),
        action: list("actions"),
        not_action: list("not_actions"),
        resource: variables(list("resources"))?,
        not_resource: variables(list("not_resources"))?,
        principals: principals(s, "principals", version)?,
        not_principals: principals(s, "not_principals", version)?,
        conditions: conditions(s, version)?,
    })
}

fn principals(s: &Value, key: &str, version: &str) -> Result<Vec<Principal>, String> {
    let mut out = Vec::new();
    for p in s.get(key).and_then(Value::elements).unwrap_or_default() {
        let identifiers = with_variables(one_or_many(strings(p, "identifiers")), version)?;
        out.push(Principal {
            kind: p.get_str("type").unwrap_or_default().to_owned(),
            identifiers,
        });
    }
    out.sort_by(|a, b| a.kind.cmp(&b.kind));
    Ok(out)
}

fn conditions(s: &Value, version: &str) -> Result<Vec<Condition>, String> {
    let mut out = Vec::new();
    for c in s
        .get("condition")
        .and_then(Value::elements)
        .unwrap_or_default()
    {
        let values = strings(c, "values")
            .iter()
            .map(|v| variable(v, version))
            .collect::<Result<_, _>>()?;
        let text = |key| c.get_str(key).unwrap_or_default().to_owned();
        out.push(Condition {
            operator: text("test"),
            key: text("variable"),
            values,
        });
    }
    Ok(out)
}

/// The texts of a list or set; null counts as the empty text.
fn strings(of: &Value, key: &str) -> Vec<String> {
    let items = of.get(key).and_then(Value::elements).unwrap_or_default();
    items
        .iter()
        .map(|v| v.as_str().unwrap_or_default().to_owned())
        .collect()
}

fn one_or_many(mut items: Vec<String>) -> Json {
    if let [one] = items.as_slice() {
        return Json::from(one.as_str());
    }
    items.sort_unstable_by(|a, b| b.cmp(a));
    Json::from(items)
}

fn with_variables(json: Json, version: &str) -> Result<Json, String> {
    match json {
        Json::String(s) => variable(&s, version).map(Json::from),
        Json::Array(items) => items
            .into_iter()
            .map(|v| with_variables(v, version))
            .collect::<Result<_, _>>()
            .map(Json::Array),
        other => Ok(other),
    }
}

fn variable(text: &str, version: &str) -> Result<String, String> {
    if version == OLD_VERSION && text.contains("&{") {
        let text = format!(
            "found &{{ sequence in ({text}), which is not supported in document version {OLD_VERSION}"
        );
        return Err(problem(&text));
    }
    Ok(text.replace("&{", "${"))
}

fn tree(policy: &Policy) -> Json {
    let mut out = Map::new();
    put_text(&mut out, "Version", &policy.version);
    put_text(&mut out, "Id", &policy.id);
    if !policy.statements.is_empty() {
        out.insert(
            "Statement".into(),
            policy.statements.iter().map(statement_tree).collect(),
        );
    }
    Json::Object(out)
}

fn statement_tree(s: &Statement) -> Json {
    let mut out = Map::new();
    put_text(&mut out, "Sid", &s.sid);
    put_text(&mut out, "Effect", &s.effect);
    let lists = [
        ("Action", &s.action),
        ("NotAction", &s.not_action),
        ("Resource", &s.resource),
        ("NotResource", &s.not_resource),
    ];
    for (key, list) in lists {
        if let Some(list) = list {
            out.insert(key.into(), list.clone());
        }
    }
    for (key, principals) in [
        ("Principal", &s.principals),
        ("NotPrincipal", &s.not_principals),
    ] {
        if !principals.is_empty() {
            out.insert(key.into(), principals_tree(principals));
        }
    }
    if !s.conditions.is_empty() {
        out.insert("Condition".into(), conditions_tree(&s.conditions));
    }
    Json::Object(out)
}

fn put_text(out: &mut Map<String, Json>, key: &str, text: &str) {
    if !text.is_empty() {
        out.insert(key.into(), Json::from(text));
    }
}

fn principals_tree(principals: &[Principal]) -> Json {
    if let [one] = principals
        && one.kind == "*"
        && (one.identifiers == "*" || one.identifiers == Json::from(vec!["*"]))
    {
        return Json::from("*");
    }
    let mut kinds = Map::new();
    for p in principals {
        let known = kinds.remove(&p.kind);
        let joined = match (&p.identifiers, known) {
            (Json::Array(ids), known) => {
                let mut ids: Vec<_> = ids.iter().filter_map(Json::as_str).collect();
                ids.sort_unstable_by(|a, b| b.cmp(a));
                let mut all = flat(known);
                all.extend(ids.into_iter().map(Json::from));
                Json::Array(all)
            }
            (one, None) => one.clone(),
            (one, known) => {
                let mut all = flat(known);
                all.push(one.clone());
                Json::Array(all)
            }
        };
        kinds.insert(p.kind.clone(), joined);
    }
    super::text::sorted(Json::Object(kinds))
}

fn flat(json: Option<Json>) -> Vec<Json> {
    match json {
        None => Vec::new(),
        Some(Json::Array(items)) => items,
        Some(one) => vec![one],
    }
}

fn conditions_tree(conditions: &[Condition]) -> Json {
    let mut out: std::collections::BTreeMap<&str, std::collections::BTreeMap<&str, Vec<&str>>> =
        Default::default();
    for c in conditions {
        let values = out
            .entry(&c.operator)
            .or_default()
            .entry(&c.key)
            .or_default();
        values.extend(c.values.iter().map(String::as_str));
    }
    let operators = out.into_iter().map(|(operator, keys)| {
        let keys = keys.into_iter().map(|(key, values)| {
            let values = if let [one] = values.as_slice() {
                Json::from(*one)
            } else {
                Json::from(values)
            };
            (key.to_owned(), values)
        });
        (operator.to_owned(), Json::Object(keys.collect()))
    });
    Json::Object(operators.collect())
}

/// CRC-32 as in IEEE 802.3, which the provider makes ids of.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Type;

    fn strings_value(items: &[&str]) -> Value {
        Value::set(
            Type::String,
            items.iter().map(|s| Value::from(*s)).collect(),
        )
    }

    fn config(statements: Vec<Value>, rest: &[(&str, Value)]) -> Value {
        let base = [("statement", Value::list(Type::Dynamic, statements))];
        Value::object(base.into_iter().chain(rest.iter().cloned()))
    }

    fn simple(sid: &str, action: &str) -> Value {
        let attributes = [
            ("sid", Value::from(sid)),
            ("actions", strings_value(&[action])),
            ("resources", strings_value(&["*"])),
        ];
        Value::object(attributes)
    }

    fn documents(key: &'static str, texts: &[&str]) -> (&'static str, Value) {
        (
            key,
            Value::list(
                Type::String,
                texts.iter().map(|s| Value::from(*s)).collect(),
            ),
        )
    }

    #[test]
    fn one_text_stands_alone_and_several_are_sorted_backwards() {
        let statement = Value::object([
            ("actions", strings_value(&["s3:GetObject", "s3:PutObject"])),
            (
                "resources",
                strings_value(&["arn:aws:s3:::b/&{aws:username}"]),
            ),
            (
                "principals",
                Value::list(
                    Type::Dynamic,
                    vec![Value::object([
                        ("type", "AWS".into()),
                        ("identifiers", strings_value(&["a", "b"])),
                    ])],
                ),
            ),
        ]);
        let rendered = render(&config(vec![statement], &[])).unwrap();
        assert_eq!(
            rendered.minified_json,
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":"arn:aws:s3:::b/${aws:username}","Principal":{"AWS":["b","a"]}}]}"#
        );
        assert!(
            rendered
                .json
                .starts_with("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n")
        );
    }

    // Recorded: case a056, second step.
    #[test]
    fn an_overriding_document_replaces_by_sid_and_appends() {
        let over = render(&config(
            vec![Value::object([
                ("sid", "B".into()),
                ("effect", "Deny".into()),
                ("actions", strings_value(&["s3:GetObject"])),
                ("resources", strings_value(&["*"])),
            ])],
            &[("policy_id", "over".into())],
        ));
        let extra = r#"{"Statement":[{"Action":["x:Y"],"Effect":"Allow","Principal":"*","Resource":["b","a"]}],"Version":"2008-10-17"}"#;
        let overrides = documents("override_policy_documents", &[&over.unwrap().json, extra]);
        let rendered = render(&config(
            vec![simple("B", "s3:*"), simple("Z", "ec2:*")],
            &[overrides, ("version", OLD_VERSION.into())],
        ));
        assert_eq!(
            rendered.unwrap().minified_json,
            r#"{"Version":"2012-10-17","Id":"over","Statement":[{"Sid":"B","Effect":"Deny","Action":"s3:GetObject","Resource":"*"},{"Sid":"Z","Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Effect":"Allow","Action":["x:Y"],"Resource":["b","a"],"Principal":"*"}]}"#
        );
    }

    // Recorded: cases a057 and a058.
    #[test]
    fn equal_sids_are_refused() {
        let a = render(&config(vec![simple("A", "s3:*")], &[]))
            .unwrap()
            .json;
        let sources = documents("source_policy_documents", &[&a, &a]);
        assert_eq!(
            render(&config(vec![], &[sources])).unwrap_err(),
            "writing IAM Policy Document: merging source document 1: duplicate Sid (A) in source_policy_documents \
             (statement 0). Remove the Sid or ensure Sids are unique."
        );
        assert_eq!(
            render(&config(vec![simple("A", "a:b"), simple("A", "a:c")], &[])).unwrap_err(),
            "writing IAM Policy Document: duplicate Sid (A). Remove the Sid or ensure the Sid is unique."
        );
    }

    // The id is that of the state recorded with case a056.
    #[test]
    fn the_id_is_a_checksum() {
        let one = render(&config(vec![simple("A", "s3:GetObject")], &[])).unwrap();
        assert_eq!(one.id, "2083463073");
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
