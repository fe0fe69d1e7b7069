//! Whether two policy texts mean the same.
//!
//! As the AWS provider decides it: the order of keys, statements, actions, resources and principals does not count, one
//! text is a list of one, actions and condition keys have no case, an account id is its root ARN, texts of numbers and
//! booleans equal them. A document without a version is of 2008-10-17.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::policy::scalar;

type Strings = BTreeSet<String>;

/// Operators, each with its keys and their values.
type Conditions = BTreeSet<(String, BTreeSet<(String, Vec<String>)>)>;

/// Tells whether the AWS provider takes two policy texts for the same.
pub fn equivalent(a: &str, b: &str) -> bool {
    a == b || document(a).is_some_and(|x| document(b).is_some_and(|y| x == y))
}

/// Tells whether two texts are the same JSON.
pub fn json_equivalent(a: &str, b: &str) -> bool {
    let read = |t| {
        serde_json::from_str::<Json>(t)
            .ok()
            .map(super::text::sorted)
    };
    a == b || read(a).is_some_and(|x| read(b).is_some_and(|y| x == y))
}

#[derive(PartialEq)]
struct Document {
    version: String,
    id: String,
    statements: Vec<Statement>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    sid: String,
    effect: String,
    actions: [Option<Strings>; 2],
    resources: [Option<Strings>; 2],
    principals: [Option<Vec<(String, Strings)>>; 2],
    conditions: Conditions,
}

fn document(text: &str) -> Option<Document> {
    let json: Json = serde_json::from_str(text).ok()?;
    let top = json.as_object()?;
    let mut statements = match top.get("Statement") {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(items)) => items.iter().map(statement).collect::<Option<_>>()?,
        Some(one) => vec![statement(one)?],
    };
    statements.sort();
    let version = text_of(top, "Version")?;
    Some(Document {
        version: if version.is_empty() {
            "2008-10-17".into()
        } else {
            version
        },
        id: text_of(top, "Id")?,
        statements,
    })
}

fn statement(json: &Json) -> Option<Statement> {
    let s = json.as_object()?;
    let lower = |key| strings(s.get(key), str::to_ascii_lowercase);
    let exact = |key| strings(s.get(key), str::to_owned);
    Some(Statement {
        sid: text_of(s, "Sid")?,
        effect: text_of(s, "Effect")?.to_ascii_lowercase(),
        actions: [lower("Action")?, lower("NotAction")?],
        resources: [exact("Resource")?, exact("NotResource")?],
        principals: [
            principals(s.get("Principal"))?,
            principals(s.get("NotPrincipal"))?,
        ],
        conditions: conditions(s.get("Condition"))?,
    })
}

/// `None` outside: not readable; `None` inside: not there.
fn strings(json: Option<&Json>, f: impl Fn(&str) -> String) -> Option<Option<Strings>> {
    match json {
        None | Some(Json::Null) => Some(None),
        Some(Json::Array(items)) => items
            .iter()
            .map(|v| v.as_str().map(&f))
            .collect::<Option<_>>()
            .map(Some),
        Some(one) => one.as_str().map(|s| Some(Strings::from([f(s)]))),
    }
}

fn principals(json: Option<&Json>) -> Option<Option<Vec<(String, Strings)>>> {
    match json {
        None | Some(Json::Null) => Some(None),
        Some(Json::String(s)) if s == "*" => {
            Some(Some(vec![("AWS".into(), Strings::from(["*".into()]))]))
        }
        Some(Json::String(s)) => Some(Some(vec![(String::new(), Strings::from([s.clone()]))])),
        Some(Json::Object(kinds)) => {
            let mut out = Vec::new();
            for (kind, ids) in kinds {
                out.push((kind.clone(), strings(Some(ids), account)??));
            }
            out.sort();
            Some(Some(out))
        }
        _ => None,
    }
}

/// `arn:aws:iam::123456789012:root` names the account.
fn account(principal: &str) -> String {
    let id = principal
        .strip_prefix("arn:aws")
        .and_then(|rest| rest.split_once(":iam::"))
        .filter(|(partition, _)| !partition.contains(':'))
        .and_then(|(_, rest)| rest.strip_suffix(":root"))
        .filter(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()));
    id.unwrap_or(principal).to_owned()
}

fn conditions(json: Option<&Json>) -> Option<Conditions> {
    let mut out = BTreeSet::new();
    let Some(json) = json.filter(|j| !j.is_null()) else {
        return Some(out);
    };
    for (operator, keys) in json.as_object()? {
        let mut entries = BTreeSet::new();
        for (key, values) in keys.as_object()? {
            let mut values: Vec<_> = match values {
                Json::Array(items) => items.iter().map(scalar).collect(),
                one => vec![scalar(one)],
            };
            values.sort();
            entries.insert((key.to_ascii_lowercase(), values));
        }
        out.insert((operator.to_ascii_lowercase(), entries));
    }
    Some(out)
}

fn text_of(json: &Map<String, Json>, key: &str) -> Option<String> {
    match json.get(key) {
        None | Some(Json::Null) => Some(String::new()),
        Some(v) => v.as_str().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"},{"Sid":"B","Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}]}"#;

    #[track_caller]
    fn check(a: &str, b: &str, same: bool) {
        assert_eq!(
            (equivalent(a, b), equivalent(b, a)),
            (same, same),
            "{a}\n{b}"
        );
    }

    fn one(statement: &str) -> String {
        format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{statement}}}]}}"#)
    }

    // Recorded: cases a041, a043, a045, a046, a047.
    #[test]
    fn recorded_decisions_hold() {
        let reordered = r#"{"Statement":[{"Action":["s3:GetObject","s3:PutObject"],"Effect":"Allow","Resource":"arn:aws:s3:::b/*","Sid":"A"},{"Resource":"*","Action":"s3:DeleteObject","Sid":"B","Effect":"Deny"}],"Version":"2012-10-17"}"#;
        let swapped = r#"{"Statement":[{"Action":"s3:DeleteObject","Effect":"Deny","Resource":"*","Sid":"B"},{"Action":["s3:GetObject","s3:PutObject"],"Effect":"Allow","Resource":"arn:aws:s3:::b/*","Sid":"A"}],"Version":"2012-10-17"}"#;
        check(BASE, reordered, true);
        check(BASE, swapped, true);
        check(BASE, &BASE.replace("s3:PutObject", "s3:ListBucket"), false);
        check(BASE, &BASE.replace("b/*", "B/*"), false);
        check(BASE, &BASE.replace(r#""Version":"2012-10-17","#, ""), false);
    }

    #[test]
    fn spellings_of_the_same() {
        check(
            &one(r#""Action":"S3:getobject","Resource":["*"]"#),
            &one(r#""Action":["s3:GetObject"],"Resource":"*""#),
            true,
        );
        check(
            &one(r#""Principal":{"AWS":"arn:aws:iam::123456789012:root"}"#),
            &one(r#""Principal":{"AWS":["123456789012"]}"#),
            true,
        );
        check(
            &one(r#""Principal":"*""#),
            &one(r#""Principal":{"AWS":"*"}"#),
            true,
        );
        check(
            &one(r#""Condition":{"Bool":{"aws:X":true}}"#),
            &one(r#""Condition":{"bool":{"AWS:x":["true"]}}"#),
            true,
        );
        check(
            &one(r#""Principal":{"AWS":"*"}"#),
            &one(r#""Principal":{"Service":"*"}"#),
            false,
        );
    }

    #[test]
    fn what_is_no_policy_equals_itself_only() {
        check("no", "no", true);
        check("no", "non", false);
        check("{\"Statement\":1}", "{\"Statement\":2}", false);
        assert!(json_equivalent(
            "{\"a\":1,\"b\":2}",
            "{ \"b\": 2, \"a\": 1 }"
        ));
    }
}
