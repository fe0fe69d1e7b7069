//! Conditions, made ready to be asked often.
//!
//! The rules: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>, and where
//! that is silent what was measured against AWS's simulator: a request value that is no number or date fails every operator of its
//! family, `…NotEquals` too; such a value in the policy is equal to nothing.

use std::cmp::Ordering;

use super::{
    request::{Context, Values},
    values::{Instant, Network, Number, truth},
};
use crate::iam::{
    ast::{Condition, Version},
    operator::{Base, Family, Operator, Quantifier},
    pattern::{ArnPattern, Pattern},
    template::Template,
};

/// A condition made ready.
#[derive(Clone, Debug)]
pub struct Check {
    /// `None` for an operator that AWS does not have; it never holds.
    operator: Option<Operator>,
    /// The key in lower case.
    key: String,
    tests: Vec<Test>,
}

/// A value of the policy made ready.
#[derive(Clone, Debug)]
enum Test {
    Number(Number),
    Time(Instant),
    Truth(bool),
    Network(Network),
    /// Compared as it is, for values without variables.
    Exact(String),
    Wild(Pattern),
    Arn(ArnPattern),
    /// With variables: to be filled in for each request.
    Filled(Template, Filled),
    /// A value that its operator cannot read: it matches nothing.
    Unreadable,
}

#[derive(Clone, Copy, Debug)]
enum Filled {
    Exact,
    IgnoreCase,
    Wild,
    Arn,
}

impl Check {
    /// Makes a condition ready.
    pub fn new(condition: &Condition, version: Version) -> Self {
        let operator = Operator::parse(&condition.operator.value);
        let test = |o: Operator| {
            condition
                .values
                .iter()
                .map(|v| Test::new(o.base, &v.value, version))
                .collect()
        };
        Self {
            operator,
            key: condition.key.value.to_ascii_lowercase(),
            tests: operator.map(test).unwrap_or_default(),
        }
    }

    /// Returns the operator; `None` if AWS has no such operator.
    pub fn operator(&self) -> Option<Operator> {
        self.operator
    }

    /// Returns the key in lower case.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Tells whether the condition holds for the request.
    pub fn holds(&self, context: &Context) -> bool {
        let Some(operator) = self.operator else {
            return false;
        };
        // A key without values counts as missing: it is a set that is empty.
        let values = context.get(&self.key).filter(|v| !v.values.is_empty());
        if operator.base == Base::Null {
            return self
                .tests
                .iter()
                .any(|t| matches!(t, Test::Truth(absent) if *absent == values.is_none()));
        }
        let Some(values) = values else {
            return match operator.quantifier {
                Quantifier::ForAll => true,
                Quantifier::ForAny => operator.if_exists,
                Quantifier::None => operator.if_exists || operator.base.is_negated(),
            };
        };
        let mut of_request = values.values.iter();
        match operator.quantifier {
            Quantifier::ForAll => of_request.all(|v| self.one(operator.base, v, context)),
            Quantifier::ForAny => of_request.any(|v| self.one(operator.base, v, context)),
            // AWS has no rule for several values here. Their set is asked whether it holds one of the policy's values.
            Quantifier::None if operator.base.is_negated() => {
                of_request.all(|v| self.one(operator.base, v, context))
            }
            Quantifier::None => of_request.any(|v| self.one(operator.base, v, context)),
        }
    }

    /// Tells whether one value of the request satisfies the operator: equals one of the policy's values or, for a negated operator, none.
    fn one(&self, base: Base, value: &str, context: &Context) -> bool {
        match base.family() {
            Family::Numeric => Number::parse(value).is_some_and(|v| {
                let order = |t: &Test| match t {
                    Test::Number(n) => Some(v.cmp(n)),
                    _ => None,
                };
                self.compare(base, order)
            }),
            Family::Date => Instant::parse(value).is_some_and(|v| {
                let order = |t: &Test| match t {
                    Test::Time(n) => Some(v.cmp(n)),
                    _ => None,
                };
                self.compare(base, order)
            }),
            Family::Ip => {
                let address = Network::parse(value);
                let inside =
                    |t: &Test| matches!((t, &address), (Test::Network(n), Some(a)) if n.holds(a));
                self.tests.iter().any(inside) != base.is_negated()
            }
            Family::Bool => self
                .tests
                .iter()
                .any(|t| matches!(t, Test::Truth(b) if *b == truth(value))),
            _ => {
                let ignore_case = matches!(
                    base,
                    Base::StringEqualsIgnoreCase | Base::StringNotEqualsIgnoreCase
                );
                let lower = if ignore_case {
                    fold(value)
                } else {
                    String::new()
                };
                let value = if ignore_case { &lower } else { value };
                self.tests.iter().any(|t| t.matches(value, context)) != base.is_negated()
            }
        }
    }

    fn compare(&self, base: Base, order: impl Fn(&Test) -> Option<Ordering>) -> bool {
        use Base::{
            DateGreaterThan, DateGreaterThanEquals, DateLessThan, DateLessThanEquals,
            NumericGreaterThan, NumericGreaterThanEquals, NumericLessThan, NumericLessThanEquals,
        };
        let wanted = |o: Ordering| match base {
            NumericLessThan | DateLessThan => o.is_lt(),
            NumericLessThanEquals | DateLessThanEquals => o.is_le(),
            NumericGreaterThan | DateGreaterThan => o.is_gt(),
            NumericGreaterThanEquals | DateGreaterThanEquals => o.is_ge(),
            _ => o.is_eq(),
        };
        self.tests.iter().any(|t| order(t).is_some_and(wanted)) != base.is_negated()
    }
}

impl Test {
    fn new(base: Base, value: &str, version: Version) -> Self {
        let filled = |template: Template, how: Filled| {
            if template.has_variables() {
                return Self::Filled(template, how);
            }
            template
                .fill(|_| None)
                .map_or(Self::Unreadable, |pattern| how.test(&pattern))
        };
        match base {
            Base::StringEqualsIgnoreCase | Base::StringNotEqualsIgnoreCase => {
                filled(Template::plain(value, version), Filled::IgnoreCase)
            }
            Base::StringEquals | Base::StringNotEquals => {
                filled(Template::plain(value, version), Filled::Exact)
            }
            Base::StringLike | Base::StringNotLike => {
                filled(Template::wild(value, version), Filled::Wild)
            }
            Base::BinaryEquals => Self::Exact(value.to_owned()),
            Base::Bool | Base::Null => Self::Truth(truth(value)),
            _ => match base.family() {
                Family::Numeric => Number::parse(value).map_or(Self::Unreadable, Self::Number),
                Family::Date => Instant::parse(value).map_or(Self::Unreadable, Self::Time),
                Family::Ip => Network::parse(value).map_or(Self::Unreadable, Self::Network),
                _ => filled(Template::wild(value, version), Filled::Arn),
            },
        }
    }

    fn matches(&self, value: &str, context: &Context) -> bool {
        match self {
            Self::Exact(text) => text == value,
            Self::Wild(pattern) => pattern.matches(value),
            Self::Arn(pattern) => pattern.matches(value),
            Self::Filled(template, how) => {
                let pattern = template.fill(|key| context.variable(key));
                pattern.is_some_and(|p| how.test(&p).matches(value, context))
            }
            _ => false,
        }
    }
}

impl Filled {
    fn test(self, pattern: &Pattern) -> Test {
        match self {
            Self::Exact => Test::Exact(pattern.text()),
            Self::IgnoreCase => Test::Exact(fold(&pattern.text())),
            Self::Wild => Test::Wild(pattern.clone()),
            Self::Arn => Test::Arn(ArnPattern::condition(pattern)),
        }
    }
}

/// Returns the text in which letter case no longer shows.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl Context {
    /// Returns what a policy variable stands for: the value of a key that has one value only.
    pub fn variable(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Values {
                values,
                multi: false,
            }) => match values.as_slice() {
                [one] => Some(one),
                _ => None,
            },
            _ => None,
        }
    }
}
