//! What rules see, and questions that several of them ask.

use std::ops::Range;

use super::{
    super::{
        ast::{Condition, Document, Effect, Statement, Text, Version},
        catalogue::{Action, Catalogue, Key, is_key},
        operator::{Base, Operator},
        parse::Problem,
        pattern::Pattern,
    },
    Kind,
};

/// What rules see.
pub struct Context<'a> {
    /// The policy.
    pub document: &'a Document,
    /// What AWS would not take.
    pub problems: &'a [Problem],
    /// Its text.
    pub text: &'a str,
    /// What it is for.
    pub kind: Kind,
    /// The actions that there are.
    pub catalogue: &'static Catalogue,
}

impl<'a> Context<'a> {
    /// Returns the statements that allow.
    pub(super) fn allows(&self) -> impl Iterator<Item = &'a Statement> + use<'a> {
        self.document
            .statements
            .iter()
            .filter(|s| s.effect == Effect::Allow)
    }

    /// Returns the statements that deny.
    pub(super) fn denies(&self) -> impl Iterator<Item = &'a Statement> + use<'a> {
        self.document
            .statements
            .iter()
            .filter(|s| s.effect == Effect::Deny)
    }

    /// Returns the catalogue's actions that a pattern names; `None` if its service is not in the catalogue, or for `*`.
    pub(super) fn actions(&self, pattern: &str) -> Option<Vec<&'static Action>> {
        let (service, name) = pattern.split_once(':')?;
        let service = self.catalogue.services.get(&service.to_ascii_lowercase())?;
        let name = Pattern::wild(&name.to_ascii_lowercase());
        if !name.has_wildcards() {
            return Some(self.catalogue.action(pattern).into_iter().collect());
        }
        Some(
            service
                .actions
                .iter()
                .filter(|(n, _)| name.matches(n))
                .map(|(_, a)| a)
                .collect(),
        )
    }

    /// Returns a condition key by the name that a policy uses; some names of the catalogue hold `<key>` in place of what varies.
    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        let named = |k: &&Key| k.name.contains('<') && is_meant(k.name, name);
        self.catalogue
            .key(name)
            .or_else(|| self.catalogue.plain_keys().find(named))
    }

    /// Returns the partition that the policy's ARNs name, such as `aws-cn`; `*` if they name none.
    pub(super) fn partition(&self) -> String {
        let patterns = self
            .document
            .statements
            .iter()
            .filter_map(|s| s.resource.as_ref())
            .flat_map(|r| &r.patterns);
        let named = patterns.filter_map(|p| {
            p.value
                .strip_prefix("arn:")?
                .split_once(':')
                .map(|(p, _)| p)
        });
        let mut named = named.filter(|p| p.starts_with("aws"));
        named.next().unwrap_or("*").to_owned()
    }

    /// Tells whether the version that is given does not exist: the current one was meant.
    pub(super) fn has_wrong_version(&self) -> bool {
        self.document
            .version_span
            .as_ref()
            .is_some_and(|span| self.problems.iter().any(|p| p.span == *span))
    }

    /// Tells whether `${…}` are variables.
    pub(super) fn version(&self) -> Version {
        self.document.version
    }
}

/// Tells whether a key of a policy is meant by a name of the catalogue.
pub(super) fn is_meant(template: &str, name: &str) -> bool {
    let by_prefix = || {
        let prefix = template
            .split_once('<')
            .map(|(p, _)| p.to_ascii_lowercase());
        prefix.is_some_and(|p| name.len() > p.len() && name.to_ascii_lowercase().starts_with(&p))
    };
    is_key(template, name) || by_prefix()
}

/// Returns where a statement names an action such as `ssm:StartSession`; for `NotAction` the whole element, if it does not except it.
pub fn covers(statement: &Statement, action: &str) -> Option<Range<usize>> {
    let action = action.to_ascii_lowercase();
    let found = statement
        .action
        .patterns
        .iter()
        .find(|p| Pattern::wild(&p.value.to_ascii_lowercase()).matches(&action));
    match (statement.action.negated, found) {
        (false, Some(text)) => Some(text.span.clone()),
        (true, None) => Some(statement.action.span.clone()),
        _ => None,
    }
}

/// Returns the first of some actions that a statement names, with the place.
pub fn covers_any<'n>(
    statement: &Statement,
    actions: &[&'n str],
) -> Option<(&'n str, Range<usize>)> {
    actions
        .iter()
        .find_map(|a| covers(statement, a).map(|s| (*a, s)))
}

/// Returns a condition on a key such as `ec2:osuser` or `aws:ResourceTag/${TagKey}`.
pub(super) fn condition<'s>(statement: &'s Statement, key: &str) -> Option<&'s Condition> {
    statement
        .conditions
        .iter()
        .find(|c| is_key(key, &c.key.value))
}

/// The keys that hold a tag of the resource.
const TAG_KEYS: &[&str] = &[
    "aws:ResourceTag/${TagKey}",
    "ec2:ResourceTag/${TagKey}",
    "ssm:resourceTag/${TagKey}",
];

/// Returns a condition on a tag of the resource.
pub(super) fn tag_condition(statement: &Statement) -> Option<&Condition> {
    statement
        .conditions
        .iter()
        .find(|c| TAG_KEYS.iter().any(|k| is_key(k, &c.key.value)))
}

/// Tells whether a condition limits to named values: not negated, and no `IfExists`, `ForAllValues` or `Null`, which hold without the key.
pub(super) fn limits(condition: &Condition) -> bool {
    Operator::parse(&condition.operator.value).is_some_and(|o| {
        !o.base.is_negated()
            && o.base != Base::Null
            && !o.if_exists
            && o.quantifier != super::super::operator::Quantifier::ForAll
    })
}

/// Returns the patterns of `Resource`; none for `NotResource` and where there is no such element.
pub(super) fn resources(statement: &Statement) -> &[Text] {
    statement
        .resource
        .as_ref()
        .filter(|r| !r.negated)
        .map_or(&[], |r| &r.patterns)
}

/// Tells whether a pattern is `*`, or several of them.
pub(super) fn is_star(text: &str) -> bool {
    !text.is_empty() && text.trim_matches('*').is_empty()
}

/// Returns the pattern that lets a statement apply to every resource of a kind: `*`, or an ARN that ends in `KIND/*`.
pub(super) fn everything<'s>(statement: &'s Statement, kinds: &[&str]) -> Option<&'s Text> {
    resources(statement).iter().find(|p| {
        let last = p.value.splitn(6, ':').nth(5);
        is_star(&p.value)
            || last.is_some_and(|l| {
                is_star(l)
                    || kinds
                        .iter()
                        .any(|k| l == format!("{k}/*") || l == format!("{k}*"))
            })
    })
}
