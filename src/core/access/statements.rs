//! Which statements of a policy a change adds and takes away.

use bastionless_model::iam::ast::{Document, Statement};
use serde::{Deserialize, Serialize};

/// What a change does to a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementChange {
    /// The object and argument, such as `aws_iam_policy.a.policy`.
    pub policy: String,
    /// The `Sid`, or the statement's number from 1.
    pub statement: String,
    /// As it was, canonical; `None` for a new one.
    pub before: Option<String>,
    /// As it will be, canonical; `None` for one that goes.
    pub after: Option<String>,
}

/// Compares two versions of a policy. Statements that mean the same text in another order are no change.
pub fn statement_changes(policy: &str, before: Option<&Document>, after: Option<&Document>) -> Vec<StatementChange> {
    let texts = |d: Option<&Document>| -> Vec<(String, String)> {
        let statements = d.into_iter().flat_map(|d| d.statements.iter());
        statements.map(|s| (name(s), s.to_json().to_string())).collect()
    };
    let (old, new) = (texts(before), texts(after));
    let mut gone: Vec<_> = old.iter().filter(|(_, text)| !new.iter().any(|(_, t)| t == text)).cloned().collect();
    let fresh: Vec<_> = new.iter().filter(|(_, text)| !old.iter().any(|(_, t)| t == text)).cloned().collect();
    let mut out = Vec::new();
    for (statement, text) in fresh {
        let same = gone.iter().position(|(name, _)| *name == statement);
        let before = same.map(|i| gone.remove(i).1);
        out.push(StatementChange { policy: policy.to_owned(), statement, before, after: Some(text) });
    }
    out.extend(gone.into_iter().map(|(statement, text)| StatementChange {
        policy: policy.to_owned(),
        statement,
        before: Some(text),
        after: None,
    }));
    out
}

fn name(statement: &Statement) -> String {
    statement.sid.as_ref().map_or_else(|| (statement.index + 1).to_string(), |s| s.value.clone())
}
