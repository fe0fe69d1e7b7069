//! Which statements of a policy a change adds and takes away.

use bastionless_model::iam::{
    ast::{Document, Statement},
    compare::changed_statements,
    evaluate::PolicySet,
};
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

/// Compares two versions of a policy. Statements that say the same in other words or another order are no change.
pub fn statement_changes(
    policy: &str,
    before: Option<&Document>,
    after: Option<&Document>,
) -> Vec<StatementChange> {
    let set = |d: Option<&Document>| PolicySet {
        identity: d.cloned().into_iter().collect(),
        ..PolicySet::default()
    };
    let (old, new) = (set(before), set(after));
    let (fresh, gone): (Vec<_>, Vec<_>) = changed_statements(&old, &new)
        .into_iter()
        .partition(|c| c.is_new);
    let mut gone: Vec<_> = gone
        .iter()
        .map(|c| (name(c.statement), c.statement.to_json().to_string()))
        .collect();
    let mut out = Vec::new();
    for statement in fresh.iter().map(|c| c.statement) {
        let same = gone.iter().position(|(known, _)| *known == name(statement));
        let before = same.map(|i| gone.remove(i).1);
        let after = Some(statement.to_json().to_string());
        out.push(StatementChange {
            policy: policy.to_owned(),
            statement: name(statement),
            before,
            after,
        });
    }
    let gone = gone
        .into_iter()
        .map(|(statement, text)| (statement, Some(text)));
    out.extend(gone.map(|(statement, before)| StatementChange {
        policy: policy.to_owned(),
        statement,
        before,
        after: None,
    }));
    out
}

fn name(statement: &Statement) -> String {
    statement
        .sid
        .as_ref()
        .map_or_else(|| (statement.index + 1).to_string(), |s| s.value.clone())
}
