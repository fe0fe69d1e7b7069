//! `deny_others`: denies, for the actions that open a way to an instance, whatever no grant allows.
//!
//! The complement of a union of statements is worked out by De Morgan: of each statement that allows an action either a
//! resource is not named or a condition does not hold. Negated operators hold where the key is absent, as the complement must.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    check::Conditions,
    cover::{Cells, arn_covers, classes, needed, outside_of_patterns},
    model::GrantError,
    statement::{Effect, Statement, Test},
};

/// The actions that open a way to an instance, or take over one that is open.
const ACCESS: [&str; 7] = [
    "ec2-instance-connect:OpenTunnel",
    "ec2-instance-connect:SendSSHPublicKey",
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
    "ssm:ResumeSession",
    "ssm:SendCommand",
    "ssm:StartSession",
    "ssm:TerminateSession",
];

/// The most statements that are made for one group of actions.
const MOST: usize = 48;

/// What must hold for a request to be outside of all statements seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Outside {
    resources: BTreeSet<String>,
    conditions: Conditions,
}

impl Outside {
    /// Tells whether everything outside in the other sense is outside in this one.
    fn covers(&self, other: &Self) -> bool {
        self.resources.is_subset(&other.resources)
            && self.conditions.iter().all(|(test, values)| {
                let own = other.conditions.get(test);
                // More values of a negated condition hold for less.
                own.is_some_and(|own| values == own || is_nor(test.0) && values.is_subset(own))
            })
    }

    /// Adds a condition that must hold, too; `None` if it cannot be said together with those that are there.
    fn and(&self, test: Test, values: &BTreeSet<String>) -> Option<Self> {
        let mut out = self.clone();
        let merged = match out.conditions.get(&test) {
            None => values.clone(),
            Some(old) if old == values => return Some(out),
            Some(old) if is_nor(test.0) => old.union(values).cloned().collect(),
            Some(old) => extreme(test.0, old.union(values))?,
        };
        out.conditions.insert(test, merged);
        Some(out)
    }
}

/// Tells whether none of the values of a condition may match.
fn is_nor(operator: &str) -> bool {
    operator.contains("Not")
}

/// Returns the one bound that implies all.
fn extreme<'a>(
    operator: &str,
    values: impl Iterator<Item = &'a String>,
) -> Option<BTreeSet<String>> {
    let bound = match operator {
        "NumericGreaterThanIfExists" => values
            .filter_map(|v| v.parse::<i64>().ok())
            .max()?
            .to_string(),
        "DateGreaterThanEquals" => values.max()?.clone(),
        "DateLessThan" => values.min()?.clone(),
        _ => return None,
    };
    Some(BTreeSet::from([bound]))
}

/// Returns the condition that holds exactly where another does not.
fn complement(
    operator: &str,
    values: &BTreeSet<String>,
) -> Option<(&'static str, BTreeSet<String>)> {
    let operator = match operator {
        "StringEquals" => "StringNotEquals",
        "NumericEquals" => "NumericNotEquals",
        "IpAddress" => "NotIpAddress",
        "NumericLessThanEquals" => "NumericGreaterThanIfExists",
        // The time is in every request.
        "DateLessThan" => "DateGreaterThanEquals",
        "DateGreaterThanEquals" => "DateLessThan",
        "Bool" => return Some(("BoolIfExists", BTreeSet::from(["false".to_owned()]))),
        "BoolIfExists" => return Some(("Bool", BTreeSet::from(["false".to_owned()]))),
        _ => return None,
    };
    Some((operator, values.clone()))
}

/// Returns statements that deny everything that the given ones do not allow.
pub(super) fn others(allowed: &[Statement], errors: &mut Vec<GrantError>) -> Vec<Statement> {
    let mut groups: BTreeMap<Vec<usize>, BTreeSet<&'static str>> = BTreeMap::new();
    for action in ACCESS {
        let by = allowed
            .iter()
            .enumerate()
            .filter(|(_, s)| s.effect == Effect::Allow && s.actions.contains(action));
        groups
            .entry(by.map(|(i, _)| i).collect())
            .or_default()
            .insert(action);
    }
    let mut out = Vec::new();
    for (statements, actions) in groups {
        let statements = statements.iter().filter_map(|i| allowed.get(*i));
        let Some(outside) = outside(statements) else {
            errors.push(GrantError {
                grant: None,
                argument: "deny_others",
                what: "the grants differ in so many conditions that what they leave out cannot be said in a policy".into(),
                instead: "Give the grants the same conditions, or compile them apart for users or roles of their own.".into(),
            });
            return Vec::new();
        };
        out.extend(outside.into_iter().map(|o| {
            let resources = if o.resources.is_empty() {
                BTreeSet::from(["*".to_owned()])
            } else {
                o.resources.clone()
            };
            let mut s =
                Statement::deny("Others", actions.iter().copied(), resources).with(&o.conditions);
            s.is_negated = !o.resources.is_empty();
            s
        }));
    }
    out
}

fn outside<'a>(statements: impl Iterator<Item = &'a Statement>) -> Option<Vec<Outside>> {
    let mut out = vec![Outside::default()];
    for s in statements {
        let mut next: Vec<Outside> = Vec::new();
        for o in &out {
            let mut resources = o.clone();
            resources.resources.extend(s.resources.iter().cloned());
            let all = resources.resources.clone();
            resources
                .resources
                .retain(|r| !all.iter().any(|o| o != r && arn_covers(o, r)));
            next.push(resources);
            for ((operator, key), values) in &s.conditions {
                let (operator, values) = complement(operator, values)?;
                next.push(o.and((operator, key.clone()), &values)?);
            }
        }
        next.sort();
        next.dedup();
        let kept: Vec<Outside> = next
            .iter()
            .filter(|o| !next.iter().any(|p| p != *o && p.covers(o)))
            .cloned()
            .collect();
        if kept.len() > MOST {
            return None;
        }
        out = kept;
    }
    Some(irredundant(out))
}

/// Leaves out what others together cover, and what cannot be.
fn irredundant(all: Vec<Outside>) -> Vec<Outside> {
    let keys: BTreeSet<&String> = all
        .iter()
        .flat_map(|o| o.conditions.keys())
        .map(|(_, key)| key)
        .collect();
    let resources: Vec<_> = all.iter().map(|o| &o.resources).collect();
    let mut dimensions = vec![outside_of_patterns(&resources)];
    for key in keys {
        // A key may stand in two conditions of one statement, as the ends of a time do.
        let operators: BTreeSet<_> = all
            .iter()
            .flat_map(|o| o.conditions.keys())
            .filter(|t| t.1 == *key)
            .collect();
        let tests = |o: &_| {
            all.iter()
                .map(|a| a.conditions.get_key_value(o))
                .collect::<Vec<_>>()
        };
        let of_key: Vec<_> = operators.iter().flat_map(|o| tests(*o)).collect();
        dimensions.push(classes(&of_key).map(|c| joined(&c, all.len())));
    }
    // Where the classes of one cannot be told, nothing is left out.
    let Some(dimensions) = dimensions.into_iter().collect::<Option<Vec<_>>>() else {
        return all;
    };
    let parts: Vec<Cells> = (0..all.len())
        .map(|i| {
            dimensions
                .iter()
                .filter_map(|d| d.get(i).cloned())
                .collect()
        })
        .collect();
    let needed = needed(&parts);
    all.into_iter()
        .enumerate()
        .filter(|(i, _)| needed.contains(i))
        .map(|(_, o)| o)
        .collect()
}

/// Puts together what several conditions of each statement hold for; they come one operator after the other.
fn joined(classes: &[Vec<bool>], statements: usize) -> Vec<Vec<bool>> {
    let of = |i: usize| classes.iter().skip(i).step_by(statements.max(1));
    let both = |a: Vec<bool>, b: &Vec<bool>| a.iter().zip(b).map(|(a, b)| *a && *b).collect();
    (0..statements)
        .map(|i| {
            of(i)
                .skip(1)
                .fold(of(i).next().cloned().unwrap_or_default(), both)
        })
        .collect()
}
