//! What a request must hold, and must not, of what is not known of it.

use std::{cell::RefCell, collections::BTreeMap};

use bastionless_model::iam::{
    ast::{Clause, Condition, Document, Effect, Statement, Text, Version},
    compare::{Options, compare},
    evaluate::Context,
};

/// A condition that is neither true nor false for what is known of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open<'p> {
    /// The condition; `None` where a policy variable in the resource stays open.
    pub(super) condition: Option<(&'p Condition, Version)>,
    /// Its values are not to be shown.
    pub(super) is_secret: bool,
}

impl Open<'_> {
    /// Writes it for a reader.
    fn words(&self) -> String {
        let Some((condition, _)) = self.condition else {
            return "the resource is named by a policy variable".to_owned();
        };
        let key = &condition.key.value;
        if self.is_secret {
            return format!("{key} (sensitive value)");
        }
        format!(
            "{key} {} {}",
            condition.operator.value,
            values(condition).join(" or ")
        )
    }

    fn is_about(&self, key: &str) -> bool {
        self.condition
            .is_some_and(|(c, _)| c.key.value.eq_ignore_ascii_case(key))
    }
}

fn values(condition: &Condition) -> Vec<&str> {
    condition.values.iter().map(|v| v.value.as_str()).collect()
}

/// What stays open of an answer: all of `must` hold, and no list of `unless` holds as a whole.
#[derive(Clone, Debug, Default)]
pub(super) struct Remainder<'p> {
    pub(super) must: Vec<Open<'p>>,
    pub(super) unless: Vec<Vec<Open<'p>>>,
}

impl<'p> Remainder<'p> {
    /// Writes it for a reader.
    pub(super) fn words(&self) -> Vec<String> {
        let unless = self.unless.iter().map(|all| {
            let all: Vec<_> = all.iter().map(Open::words).collect();
            format!("unless {}", all.join(" and "))
        });
        self.must.iter().map(Open::words).chain(unless).collect()
    }

    /// Tells whether its parts can exclude each other: two of them are about the same key.
    fn is_tight(&self) -> bool {
        let all: Vec<_> = self
            .must
            .iter()
            .chain(self.unless.iter().flatten())
            .collect();
        let keys = all
            .iter()
            .enumerate()
            .filter_map(|(i, o)| Some((i, o.condition?.0.key.value.as_str())));
        keys.into_iter()
            .any(|(i, key)| all.iter().skip(i + 1).any(|o| o.is_about(key)))
    }

    /// Writes it as a policy: one statement that allows, one for each list that denies. A list with an open resource is left out: the
    /// request can name another.
    fn policy(&self, action: &str) -> Document {
        let clause = |pattern: &str| Clause {
            patterns: vec![Text::new(pattern)],
            ..Clause::default()
        };
        let statement = |index, effect, conditions: &[Open<'p>]| Statement {
            span: 0..0,
            index,
            sid: None,
            effect,
            principal: None,
            action: clause(action),
            resource: Some(clause("*")),
            conditions: conditions
                .iter()
                .filter_map(|o| o.condition)
                .map(|(c, _)| c.clone())
                .collect(),
        };
        let mut statements = vec![statement(0, Effect::Allow, &self.must)];
        for list in self
            .unless
            .iter()
            .filter(|l| l.iter().all(|o| o.condition.is_some()))
        {
            statements.push(statement(statements.len(), Effect::Deny, list));
        }
        let open = self.must.iter().chain(self.unless.iter().flatten());
        let version = open
            .filter_map(|o| o.condition)
            .map(|(_, v)| v)
            .max()
            .unwrap_or_default();
        Document {
            version,
            version_span: None,
            id: None,
            statements,
            span: 0..0,
        }
    }

    /// Says the same of two remainders that ask the same of a request.
    fn identity(&self, action: &str) -> String {
        let mut out = action.to_owned();
        for (sign, list) in
            std::iter::once(('+', &self.must)).chain(self.unless.iter().map(|l| ('-', l)))
        {
            out.push(sign);
            for condition in list.iter().map(|o| o.condition) {
                out.push_str(&condition.map_or_else(String::new, |(c, _)| {
                    format!("{:?}", (&c.operator.value, &c.key.value, values(c)))
                }));
            }
        }
        out
    }
}

/// How what is open can be met.
#[derive(Clone, Debug)]
pub(super) enum Met {
    /// By a request with these keys.
    By(Context),
    /// By no request.
    Never,
    /// The comparison cannot tell.
    Unknown,
}

/// What has been found of remainders: the same ones come back for many instances.
#[derive(Debug, Default)]
pub(super) struct Solutions(RefCell<BTreeMap<String, Met>>);

impl Solutions {
    /// Tells whether a remainder can be met; only one whose parts may exclude each other is really looked at.
    pub(super) fn can_meet(&self, action: &str, remainder: &Remainder<'_>) -> bool {
        !remainder.is_tight() || !matches!(self.solve(action, remainder), Met::Never)
    }

    /// Finds keys with which a remainder is met: the comparison of policies is asked what it allows that no policy would.
    pub(super) fn solve(&self, action: &str, remainder: &Remainder<'_>) -> Met {
        let identity = remainder.identity(action);
        if let Some(known) = self.0.borrow().get(&identity) {
            return known.clone();
        }
        let options = Options {
            actions: Some(vec![action.to_owned()]),
            ..Options::default()
        };
        let found = compare(&[], &[remainder.policy(action)], &options);
        let met = match found.new_access.first() {
            Some(difference) => {
                let mut context = Context::default();
                for (key, values) in &difference.witness.context {
                    context.set_all(key, values.values.clone());
                }
                Met::By(context)
            }
            None if found.undecided.is_empty() => Met::Never,
            None => Met::Unknown,
        };
        self.0.borrow_mut().insert(identity, met.clone());
        met
    }
}
