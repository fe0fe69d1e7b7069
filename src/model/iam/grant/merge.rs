//! Joins statements and takes away what others allow already, so that every element counts.

use std::collections::BTreeSet;

use super::{
    arn::has_symbol,
    range::text_covers,
    statement::{Statement, Test},
};

/// Joins statements that differ in one element only, and drops what another statement covers.
pub(super) fn merge(mut all: Vec<Statement>) -> Vec<Statement> {
    loop {
        let joined = join_pair(&mut all);
        let pruned = prune(&mut all);
        if !joined && !pruned {
            return all;
        }
    }
}

fn join_pair(all: &mut Vec<Statement>) -> bool {
    for i in 0..all.len() {
        for j in i + 1..all.len() {
            let joined = all.get(i).zip(all.get(j)).and_then(|(a, b)| join(a, b));
            if let Some((joined, slot)) = joined.zip(all.get_mut(i)) {
                *slot = joined;
                all.remove(j);
                return true;
            }
        }
    }
    false
}

/// Joins two statements of one effect that differ in their actions, or their resources, or the values of one condition.
fn join(a: &Statement, b: &Statement) -> Option<Statement> {
    if a.effect != b.effect || a.is_negated || b.is_negated {
        return None;
    }
    let mut out = a.clone();
    let same = (
        a.actions == b.actions,
        a.resources == b.resources,
        a.conditions == b.conditions,
    );
    match same {
        (_, true, true) => out.actions.extend(b.actions.iter().cloned()),
        (true, _, true) => out.resources.extend(b.resources.iter().cloned()),
        (true, true, false) => {
            if let Some(joined) = join_windows(a, b) {
                return Some(joined);
            }
            let keys = a.conditions.keys().eq(b.conditions.keys());
            let differing: Vec<&Test> = a
                .conditions
                .iter()
                .filter(|(k, v)| b.conditions.get(*k) != Some(v))
                .map(|(k, _)| k)
                .collect();
            let [only] = differing.as_slice() else {
                return None;
            };
            if !keys || !is_positive(only.0) {
                return None;
            }
            let more = b.conditions.get(*only).into_iter().flatten().cloned();
            let values = out.conditions.get_mut(*only)?;
            values.extend(more);
            *values = tidy(only.0, values);
        }
        _ => return None,
    }
    Some(out)
}

/// Joins two statements that differ in their time windows only, where these leave no gap.
fn join_windows(a: &Statement, b: &Statement) -> Option<Statement> {
    const KEY: &str = "aws:CurrentTime";
    let (from, to) = (
        ("DateGreaterThanEquals", KEY.to_owned()),
        ("DateLessThan", KEY.to_owned()),
    );
    let without = |s: &Statement| {
        let mut s = s.clone();
        let mut bound = |test: &Test| s.conditions.remove(test).and_then(|v| v.first().cloned());
        let window = (bound(&from), bound(&to));
        (s, window)
    };
    let ((rest, window), (other, second)) = (without(a), without(b));
    let bounds = [&window.0, &window.1, &second.0, &second.1];
    if rest.conditions != other.conditions || bounds.into_iter().flatten().any(|t| has_symbol(t)) {
        return None;
    }
    // Times of one form, so their texts are ordered as they are.
    let begins_before = |from: &Option<String>, to: &Option<String>| {
        from.as_ref().zip(to.as_ref()).is_none_or(|(f, t)| f <= t)
    };
    if !begins_before(&window.0, &second.1) || !begins_before(&second.0, &window.1) {
        return None;
    }
    let earliest = window.0.zip(second.0).map(|(x, y)| x.min(y));
    let latest = window.1.zip(second.1).map(|(x, y)| x.max(y));
    Some(rest.when(from.0, from.1, earliest).when(to.0, to.1, latest))
}

/// Tells whether more values allow more.
pub(super) fn is_positive(operator: &str) -> bool {
    !operator.contains("Not")
}

/// Drops values that others of the list cover.
pub(super) fn tidy(operator: &str, values: &BTreeSet<String>) -> BTreeSet<String> {
    let covered = |v: &&String| {
        values.iter().any(|o| {
            o != *v && value_covers(operator, o, v) && !(value_covers(operator, v, o) && *v < o)
        })
    };
    values.iter().filter(|v| !covered(v)).cloned().collect()
}

/// Tells whether everything that fits one value of a condition fits another.
fn value_covers(operator: &str, outer: &str, inner: &str) -> bool {
    match operator {
        "IpAddress" => text_covers(outer, inner),
        "NumericLessThanEquals" | "NumericLessThan" => {
            match (outer.parse::<i64>(), inner.parse::<i64>()) {
                (Ok(o), Ok(i)) => i <= o,
                _ => outer == inner,
            }
        }
        _ => outer == inner,
    }
}

/// Tells whether one statement allows everything that another one does, as far as their texts show.
fn covers(outer: &Statement, inner: &Statement) -> bool {
    outer.effect == inner.effect
        && !outer.is_negated
        && !inner.is_negated
        && outer.actions.is_superset(&inner.actions)
        && (outer.resources.contains("*") || outer.resources.is_superset(&inner.resources))
        && outer.conditions.iter().all(|(test, values)| {
            let own = inner.conditions.get(test);
            own.is_some_and(|own| {
                is_positive(test.0)
                    && own
                        .iter()
                        .all(|i| values.iter().any(|o| value_covers(test.0, o, i)))
            })
        })
}

/// Takes away one element that other statements cover; says whether there was one.
fn prune(all: &mut Vec<Statement>) -> bool {
    for i in 0..all.len() {
        let Some(s) = all.get(i) else { continue };
        let others = || {
            all.iter()
                .enumerate()
                .filter(|(j, _)| *j != i)
                .map(|(_, o)| o)
        };
        let covered = |part: &Statement| others().any(|o| covers(o, part));
        if covered(s) {
            all.remove(i);
            return true;
        }
        if let Some(smaller) = smaller(s, &covered) {
            if let Some(slot) = all.get_mut(i) {
                *slot = smaller;
            }
            return true;
        }
    }
    false
}

/// Returns a statement without one of its actions, resources or values, if others cover what that one adds.
fn smaller(s: &Statement, covered: &dyn Fn(&Statement) -> bool) -> Option<Statement> {
    let one = |v: &String| BTreeSet::from([v.clone()]);
    for action in s.actions.iter().filter(|_| s.actions.len() > 1) {
        if covered(&Statement {
            actions: one(action),
            ..s.clone()
        }) {
            let mut out = s.clone();
            out.actions.remove(action);
            return Some(out);
        }
    }
    for resource in s.resources.iter().filter(|_| s.resources.len() > 1) {
        if covered(&Statement {
            resources: one(resource),
            ..s.clone()
        }) {
            let mut out = s.clone();
            out.resources.remove(resource);
            return Some(out);
        }
    }
    for (test, values) in s
        .conditions
        .iter()
        .filter(|(t, v)| v.len() > 1 && is_positive(t.0))
    {
        for value in values {
            let mut part = s.clone();
            part.conditions.insert(test.clone(), one(value));
            if covered(&part) {
                let mut rest = values.clone();
                rest.remove(value);
                part.conditions.insert(test.clone(), rest);
                return Some(part);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tunnel(resource: &str, range: &[&str]) -> Statement {
        Statement::allow("T", ["a:B"], [resource]).when("IpAddress", "k", range.iter().copied())
    }

    #[test]
    fn what_differs_in_one_element_is_joined() {
        let all = merge(vec![
            tunnel("x", &["10.0.0.1/32"]),
            tunnel("x", &["10.0.0.0/8"]),
        ]);
        assert_eq!(all, [tunnel("x", &["10.0.0.0/8"])]);
        let all = merge(vec![
            tunnel("x", &["10.0.0.1/32"]),
            tunnel("y", &["10.0.0.1/32"]),
        ]);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].resources.len(), 2);
        assert_eq!(
            merge(vec![
                tunnel("x", &["10.0.0.1/32"]),
                tunnel("y", &["10.0.0.2/32"])
            ])
            .len(),
            2
        );
    }

    #[test]
    fn windows_without_a_gap_are_joined() {
        let at = |op, time: &str| {
            Statement::allow("T", ["a:B"], ["x"]).when(op, "aws:CurrentTime", [time])
        };
        let (until, since) = (
            at("DateLessThan", "2027-01-01T00:00:00Z"),
            at("DateGreaterThanEquals", "2026-01-01T00:00:00Z"),
        );
        assert_eq!(
            merge(vec![until.clone(), since]),
            [Statement::allow("T", ["a:B"], ["x"])]
        );
        let late = at("DateGreaterThanEquals", "2028-01-01T00:00:00Z");
        assert_eq!(merge(vec![until.clone(), late.clone()]), [until, late]);
    }

    #[test]
    fn what_another_statement_allows_is_dropped() {
        let wide = Statement::allow("T", ["a:B"], ["x"]);
        assert_eq!(
            merge(vec![wide.clone(), tunnel("x", &["10.0.0.1/32"])]),
            std::slice::from_ref(&wide)
        );
        let two =
            Statement::allow("T", ["a:B"], ["x", "y"]).when("IpAddress", "k", ["10.0.0.1/32"]);
        assert_eq!(
            merge(vec![wide.clone(), two]),
            [wide, tunnel("y", &["10.0.0.1/32"])]
        );
    }
}
