//! All that is said of a plan: which access changes, which statements of policies, which rules it breaks, and what was not seen.

use std::collections::BTreeMap;

use bastionless_model::{
    iam::ast::Document,
    schema::{Block, Catalogue, Equivalence},
    value::Value,
};
use serde::{Deserialize, Serialize};

use super::{
    change::{AccessChange, changes},
    estate::{Estate, Thing, things},
    rules::{self, Planned, Rule, Violation},
    statements::{StatementChange, statement_changes},
};
use crate::state::Snapshot;

/// What is said of a plan. It is stored with the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Paths gained, lost and changed.
    pub changes: Vec<AccessChange>,
    /// Statements of policies added, changed and taken away.
    pub statements: Vec<StatementChange>,
    /// Rules that it breaks.
    pub violations: Vec<Violation>,
    /// What was not seen, and so may decide otherwise.
    pub unseen: Vec<String>,
}

impl Judgement {
    /// Tells whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.statements.is_empty() && self.violations.is_empty()
    }

    /// Returns the rules that refuse the plan and are not overridden, each once.
    pub fn refusing(&self, overridden: &[String]) -> Vec<&str> {
        let denied = self
            .violations
            .iter()
            .filter(|v| v.is_denied && !overridden.contains(&v.rule));
        let mut out: Vec<_> = denied.map(|v| v.rule.as_str()).collect();
        out.dedup();
        out
    }
}

/// Judges a plan: `before` is the state that it starts from, `after` the one it leaves (see `plan::policies::projected`).
pub fn judge(
    before: &Snapshot,
    after: &Snapshot,
    catalogue: &Catalogue,
    rules: &[Rule],
) -> Judgement {
    let (old, new) = (things(before, catalogue), things(after, catalogue));
    let (was, is) = (Estate::read(&old, None), Estate::read(&new, Some(&old)));
    let changes = changes(&was, &is);
    let violations = rules::judge(
        rules,
        &Planned {
            estate: &is,
            changes: &changes,
        },
    );
    let (was_texts, is_texts) = (texts(&old, catalogue), texts(&new, catalogue));
    let mut statements = Vec::new();
    let names = was_texts
        .keys()
        .chain(is_texts.keys())
        .collect::<std::collections::BTreeSet<_>>();
    for name in names {
        let read = |texts: &BTreeMap<String, String>| {
            Some(Document::parse(texts.get(name)?).ok()?.document)
        };
        if was_texts.get(name) != is_texts.get(name) {
            statements.extend(statement_changes(
                name,
                read(&was_texts).as_ref(),
                read(&is_texts).as_ref(),
            ));
        }
    }
    Judgement {
        changes,
        statements,
        violations,
        unseen: unseen(&is),
    }
}

/// What decides on access, too, and is never read.
const NEVER_READ: [&str; 4] = [
    "service control policies",
    "session policies",
    "network ACLs",
    "accounts of the operating system",
];

/// Says what of an estate was not seen, last what never is.
pub fn unseen(estate: &Estate) -> Vec<String> {
    let mut out: Vec<String> = estate
        .unreadable
        .iter()
        .map(|(address, why)| format!("{address} is no policy: {why}"))
        .collect();
    for role in estate.roles.values() {
        out.extend(
            role.unseen
                .iter()
                .map(|arn| format!("the text of {arn}, which {} has", role.address)),
        );
    }
    out.extend(NEVER_READ.map(str::to_owned));
    out
}

/// Returns the texts of all policies of managed objects, by address and argument; not those that are sensitive.
fn texts(things: &[Thing], catalogue: &Catalogue) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for thing in things.iter().filter(|t| !t.is_data && !t.is_secret) {
        if let Some(schema) = catalogue.managed(&thing.type_name) {
            arguments(&schema.block, &thing.value, &thing.address, &mut out);
        }
    }
    out
}

fn arguments(block: &Block, value: &Value, name: &str, out: &mut BTreeMap<String, String>) {
    for (argument, attribute) in &block.attributes {
        let text = value
            .get_str(argument)
            .filter(|t| t.trim_start().starts_with('{'));
        if attribute.equivalence == Equivalence::IamPolicy
            && let Some(text) = text
        {
            out.insert(format!("{name}.{argument}"), text.to_owned());
        }
    }
    for (nested, schema) in &block.blocks {
        for (i, v) in value
            .get(nested)
            .and_then(Value::elements)
            .into_iter()
            .flatten()
            .enumerate()
        {
            arguments(&schema.block, v, &format!("{name}.{nested}[{i}]"), out);
        }
    }
}
