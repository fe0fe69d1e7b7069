//! Statements as the compiler builds them, and their JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use crate::iam::print;

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// Operator and key of a condition.
pub(super) type Test = (&'static str, String);

/// A statement of an identity policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) sid: String,
    pub(super) effect: Effect,
    pub(super) actions: BTreeSet<String>,
    /// The resources are those that are not named.
    pub(super) is_negated: bool,
    pub(super) resources: BTreeSet<String>,
    pub(super) conditions: BTreeMap<Test, BTreeSet<String>>,
}

impl Statement {
    /// Allows actions on resources.
    pub(super) fn allow<A: Into<String>, R: Into<String>>(
        sid: &str,
        actions: impl IntoIterator<Item = A>,
        resources: impl IntoIterator<Item = R>,
    ) -> Self {
        Self {
            sid: sid.to_owned(),
            effect: Effect::Allow,
            actions: actions.into_iter().map(Into::into).collect(),
            is_negated: false,
            resources: resources.into_iter().map(Into::into).collect(),
            conditions: BTreeMap::new(),
        }
    }

    /// Denies actions on resources.
    pub(super) fn deny<A: Into<String>, R: Into<String>>(
        sid: &str,
        actions: impl IntoIterator<Item = A>,
        resources: impl IntoIterator<Item = R>,
    ) -> Self {
        Self {
            effect: Effect::Deny,
            ..Self::allow(sid, actions, resources)
        }
    }

    /// Adds a condition; without values none.
    pub(super) fn when<V: Into<String>>(
        mut self,
        operator: &'static str,
        key: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: BTreeSet<String> = values.into_iter().map(Into::into).collect();
        if !values.is_empty() {
            self.conditions
                .entry((operator, key.into()))
                .or_default()
                .extend(values);
        }
        self
    }

    /// Adds conditions.
    pub(super) fn with(mut self, conditions: &BTreeMap<Test, BTreeSet<String>>) -> Self {
        self.conditions
            .extend(conditions.iter().map(|(k, v)| (k.clone(), v.clone())));
        self
    }

    /// Returns it as JSON.
    pub(super) fn json(&self) -> Json {
        let mut out = Map::new();
        out.insert("Sid".into(), self.sid.as_str().into());
        out.insert(
            "Effect".into(),
            if self.effect == Effect::Allow {
                "Allow"
            } else {
                "Deny"
            }
            .into(),
        );
        out.insert("Action".into(), one_or_many(&self.actions));
        out.insert(
            if self.is_negated {
                "NotResource"
            } else {
                "Resource"
            }
            .into(),
            one_or_many(&self.resources),
        );
        if !self.conditions.is_empty() {
            let mut blocks: BTreeMap<&str, Map<String, Json>> = BTreeMap::new();
            for ((operator, key), values) in &self.conditions {
                blocks
                    .entry(operator)
                    .or_default()
                    .insert(key.clone(), one_or_many(values));
            }
            let blocks: Map<String, Json> = blocks
                .into_iter()
                .map(|(k, v)| (k.to_owned(), Json::Object(v)))
                .collect();
            out.insert("Condition".into(), Json::Object(blocks));
        }
        Json::Object(out)
    }
}

fn one_or_many(values: &BTreeSet<String>) -> Json {
    match values.len() {
        1 => values.first().map(String::as_str).into(),
        _ => values.iter().map(String::as_str).collect(),
    }
}

/// Writes a document of statements on one line; each Sid once.
pub(super) fn document(statements: &[Statement]) -> String {
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    let mut list = Vec::with_capacity(statements.len());
    for s in statements {
        let count = used.entry(&s.sid).or_default();
        *count += 1;
        let mut json = s.json();
        if *count > 1
            && let Some(sid) = json.get_mut("Sid")
        {
            *sid = format!("{}{count}", s.sid).into();
        }
        list.push(json);
    }
    print(&json!({ "Version": "2012-10-17", "Statement": list }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_written_on_one_line() {
        let s = Statement::allow("Find", ["ec2:B", "ec2:A"], ["*"]).when(
            "Bool",
            "aws:MultiFactorAuthPresent",
            ["true"],
        );
        let expect = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Find","Effect":"Allow","Action":["ec2:A","ec2:B"],"Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},{"Sid":"Find2","Effect":"Deny","Action":"ec2:A","Resource":"x"}]}"#;
        assert_eq!(
            document(&[s, Statement::deny("Find", ["ec2:A"], ["x"])]),
            expect
        );
    }
}
