//! Condition keys as dimensions: the values that conditions can tell apart.
//!
//! Which class satisfies which condition is asked of the evaluator's own [`Check`], so that the two cannot differ.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    bits::Bits,
    candidates::{Candidates, Use},
    shape::Place,
    side::Sides,
    solve::{Dimension, Formula, not},
};
use crate::iam::{
    ast::{Condition, Text, Version},
    catalogue::Catalogue,
    evaluate::{Check, Context},
    operator::{Base, Quantifier},
    template::Template,
};

/// What is supposed of variables and unknown values.
#[derive(Clone, Debug, Default)]
pub(super) struct Setting {
    /// Values of the keys that are used as variables, by lower-case name; `None`: the key is missing.
    pub(super) variables: BTreeMap<String, Option<String>>,
    /// What unknown values are supposed to be; others stay unknown.
    pub(super) symbols: BTreeMap<String, String>,
    /// Variables may be anything. What then cannot hold, cannot hold at all.
    pub(super) open: bool,
    /// Whether a `*` at the end of an ARN's inner segment runs over colons.
    pub(super) loose: bool,
}

/// A key and its values.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// Its name as the policies spell it first.
    pub(super) name: String,
    /// Whether a request may hold several values.
    pub(super) multi: bool,
    /// A value of each class.
    pub(super) values: Vec<String>,
    /// A key with one value has one dimension whose first class is "missing". One with several has a dimension for each value: missing or there.
    pub(super) first: usize,
}

/// The keys that the conditions of some statements ask about.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) dimensions: Vec<Dimension>,
    pub(super) keys: Vec<Key>,
    /// What the setting fixes.
    pub(super) facts: Vec<Formula>,
    /// Why the classes may be incomplete: then "nothing found" proves nothing.
    pub(super) gaps: BTreeSet<String>,
    statements: BTreeMap<usize, Formula>,
    /// Dimensions of conditions that may hold or not, by what they say.
    open: BTreeMap<String, usize>,
}

/// A condition of a statement.
struct Item<'a> {
    statement: usize,
    version: Version,
    condition: &'a Condition,
}

impl Keys {
    pub(super) fn new(sides: &Sides, setting: &Setting, place: &Place, statements: &Bits) -> Self {
        let mut out = Self::default();
        let mut by_key: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        for (number, term) in statements
            .iter()
            .filter_map(|i| Some((i, sides.terms.get(i)?)))
        {
            for condition in &term.statement.conditions {
                let item = Item {
                    statement: number,
                    version: term.version,
                    condition,
                };
                by_key
                    .entry(condition.key.value.to_ascii_lowercase())
                    .or_default()
                    .push(item);
            }
        }
        for (lower, items) in by_key {
            out.key(sides, setting, place, &lower, &items);
        }
        out
    }

    /// Returns the formula of all conditions of a statement.
    pub(super) fn statement(&self, number: usize) -> Formula {
        self.statements
            .get(&number)
            .cloned()
            .unwrap_or(Formula::True)
    }

    fn key(
        &mut self,
        sides: &Sides,
        setting: &Setting,
        place: &Place,
        lower: &str,
        items: &[Item],
    ) {
        let known = Catalogue::get().key(lower);
        let checks: Vec<_> = items
            .iter()
            .map(|i| Check::new(&supposed(i.condition, setting), i.version))
            .collect();
        let quantified = |c: &Check| {
            c.operator()
                .is_some_and(|o| o.quantifier != Quantifier::None)
        };
        let multi = known.map_or_else(|| checks.iter().any(quantified), |k| k.multi);
        let uses: Vec<_> = items
            .iter()
            .zip(&checks)
            .filter_map(|(i, c)| {
                Some(Use {
                    operator: c.operator()?,
                    condition: i.condition,
                    version: i.version,
                })
            })
            .collect();
        let fixed = setting.variables.get(lower);
        let found = match fixed {
            Some(value) => Candidates {
                values: value.iter().cloned().collect(),
                complete: true,
            },
            None => Candidates::new(sides, setting, place, lower, &uses),
        };
        if !found.complete {
            self.gaps.insert(format!(
                "the wildcards that `{lower}` is compared with overlap in too many ways"
            ));
        }
        let values = if setting.open {
            found.values
        } else {
            told_apart(&found.values, multi, lower, &checks, setting)
        };
        let first = self.dimensions.len();
        let name = items
            .first()
            .map_or(lower, |i| &i.condition.key.value)
            .to_owned();
        let key = Key {
            name,
            multi: multi && fixed.is_none(),
            values,
            first,
        };
        if key.multi {
            self.dimensions
                .extend(key.values.iter().map(|_| Dimension::Classes(2)));
        } else {
            self.dimensions
                .push(Dimension::Classes(key.values.len() + 1));
        }
        if let Some(value) = fixed {
            let class = usize::from(value.is_some());
            self.facts.push(Formula::of_classes(
                first,
                Bits::from_fn(key.values.len() + 1, |i| i == class),
                key.values.len() + 1,
            ));
        }
        for (item, check) in items.iter().zip(&checks) {
            let is_open =
                setting.open && (!found.complete || has_variables(item.condition, item.version));
            let formula = if is_open {
                self.open_condition(&key, item, check, setting, found.complete)
            } else {
                self.condition(&key, check, setting)
            };
            let so_far = self
                .statements
                .remove(&item.statement)
                .unwrap_or(Formula::True);
            self.statements
                .insert(item.statement, Formula::and([so_far, formula]));
        }
        self.keys.push(key);
    }

    fn condition(&self, key: &Key, check: &Check, setting: &Setting) -> Formula {
        let mut base = context_of(setting);
        base.remove(&key.name);
        let if_missing = check.holds(&base);
        let holds = |value: &String| check.holds(&with(&base, &key.name, key.multi, value));
        if key.multi {
            return several(
                key,
                check,
                if_missing,
                &key.values.iter().map(holds).collect::<Vec<_>>(),
            );
        }
        let bound = key.values.len() + 1;
        let class = |i: usize| {
            if i == 0 {
                if_missing
            } else {
                key.values.get(i - 1).is_some_and(holds)
            }
        };
        Formula::of_classes(key.first, Bits::from_fn(bound, class), bound)
    }

    /// Makes a condition that may hold or not where its outcome depends on a variable. Equal conditions hold together.
    fn open_condition(
        &mut self,
        key: &Key,
        item: &Item,
        check: &Check,
        setting: &Setting,
        complete: bool,
    ) -> Formula {
        let operator = check.operator();
        let plain = operator.filter(|o| complete && !key.multi && o.quantifier == Quantifier::None);
        let Some(operator) = plain else {
            let mut values: Vec<_> = item.condition.values.iter().map(|v| &v.value).collect();
            values.sort();
            let text = format!("{:?} {values:?} {:?}", operator, item.version);
            return self.atom(&text, &key.name);
        };
        let (open, known): (Vec<&Text>, Vec<&Text>) = item
            .condition
            .values
            .iter()
            .partition(|v| template(v, item.version).has_variables());
        let rest = Condition {
            values: known.into_iter().cloned().collect(),
            ..item.condition.clone()
        };
        let rest = self.condition(
            key,
            &Check::new(&supposed(&rest, setting), item.version),
            setting,
        );
        let kind = positive(operator.base);
        let atoms: Vec<_> = open
            .iter()
            .map(|v| self.atom(&format!("{kind} {} {:?}", v.value, item.version), &key.name))
            .collect();
        let any = Formula::or(atoms);
        let bound = key.values.len() + 1;
        let there = Formula::of_classes(key.first, Bits::from_fn(bound, |i| i > 0), bound);
        let matched = Formula::and([there, any]);
        if operator.base.is_negated() {
            Formula::and([rest, not(&self.dimensions, &matched)])
        } else {
            Formula::or([rest, matched])
        }
    }

    fn atom(&mut self, text: &str, key: &str) -> Formula {
        let next = self.dimensions.len();
        let dimension = *self
            .open
            .entry(format!("{} {text}", key.to_ascii_lowercase()))
            .or_insert(next);
        if dimension == next {
            self.dimensions.push(Dimension::Classes(2));
        }
        Formula::Is(dimension, Bits::from_fn(2, |i| i == 1))
    }
}

/// Returns the context that a setting fixes.
fn context_of(setting: &Setting) -> Context {
    let mut out = Context::default();
    for (name, value) in &setting.variables {
        if let Some(value) = value {
            out.set(name, value.clone());
        }
    }
    out
}

fn with(base: &Context, key: &str, multi: bool, value: &str) -> Context {
    let mut out = base.clone();
    if multi {
        out.set_all(key, vec![value.to_owned()]);
    } else {
        out.set(key, value);
    }
    out
}

/// Keeps the first of those values that all conditions treat alike.
fn told_apart(
    values: &[String],
    multi: bool,
    key: &str,
    checks: &[Check],
    setting: &Setting,
) -> Vec<String> {
    let base = context_of(setting);
    let mut seen = BTreeSet::new();
    let signature = |value: &str| {
        let context = with(&base, key, multi, value);
        checks.iter().map(|c| c.holds(&context)).collect::<Vec<_>>()
    };
    values
        .iter()
        .filter(|v| seen.insert(signature(v)))
        .cloned()
        .collect()
}

/// Makes the formula for a set of values from what holds for single values.
fn several(key: &Key, check: &Check, if_missing: bool, holds: &[bool]) -> Formula {
    let Some(operator) = check.operator() else {
        return Formula::False;
    };
    let value =
        |i: usize, there: bool| Formula::Is(key.first + i, Bits::from_fn(2, |c| (c == 1) == there));
    let none = || Formula::and((0..holds.len()).map(|i| value(i, false)));
    let some = || Formula::or((0..holds.len()).map(|i| value(i, true)));
    if operator.base == Base::Null {
        return match (if_missing, holds.first()) {
            (true, Some(false)) => none(),
            (false, Some(true)) => some(),
            (both, _) => {
                if both {
                    Formula::True
                } else {
                    Formula::False
                }
            }
        };
    }
    let all = operator.quantifier == Quantifier::ForAll
        || operator.quantifier == Quantifier::None && operator.base.is_negated();
    let with = |wanted: bool| {
        holds
            .iter()
            .enumerate()
            .filter(move |(_, h)| **h == wanted)
            .map(|(i, _)| i)
    };
    let of_values = if all {
        Formula::and(with(false).map(|i| value(i, false)))
    } else {
        Formula::or(with(true).map(|i| value(i, true)))
    };
    // Without values, `all` says yes and `any` says no.
    match (if_missing, all) {
        (true, false) => Formula::or([of_values, none()]),
        (false, true) => Formula::and([of_values, some()]),
        _ => of_values,
    }
}

/// Returns the name that an operator shares with its negation.
fn positive(base: Base) -> String {
    base.name().replacen("Not", "", 1)
}

fn template(value: &Text, version: Version) -> Template {
    Template::wild(&value.value, version)
}

/// Tells whether a condition's values hold policy variables.
pub(super) fn has_variables(condition: &Condition, version: Version) -> bool {
    condition
        .values
        .iter()
        .any(|v| template(v, version).has_variables())
}

/// Puts what unknown values are supposed to be in their places.
fn supposed(condition: &Condition, setting: &Setting) -> Condition {
    let mut out = condition.clone();
    for value in &mut out.values {
        for (symbol, text) in &setting.symbols {
            value.value = value.value.replace(symbol, text);
        }
    }
    out
}
