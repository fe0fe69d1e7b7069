//! Which parts of a union the other parts make superfluous.
//!
//! Every dimension (the resource, each condition key) is cut into the classes of values that the parts can tell apart; a part is a
//! box of classes. Only a box whose every cell lies in another one is superfluous, so that nothing is lost by leaving it out.

use std::collections::BTreeSet;

use super::{arn::has_symbol, range::text_covers, statement::Test};

/// By dimension: which of its classes the part holds.
pub(super) type Cells = Vec<Vec<bool>>;

/// The most cells of a box that are looked at.
const MOST: usize = 200_000;

/// Returns the places of the parts that no others cover; the widest stay.
pub(super) fn needed(parts: &[Cells]) -> Vec<usize> {
    let mut left: Vec<usize> = (0..parts.len()).collect();
    let size = |i: &usize| parts.get(*i).map_or(0, cells);
    let mut smallest_first = left.clone();
    smallest_first.sort_by_key(size);
    for i in smallest_first {
        let Some(own) = parts.get(i) else { continue };
        let others: Vec<&Cells> = left
            .iter()
            .filter(|j| **j != i)
            .filter_map(|j| parts.get(*j))
            .collect();
        if cells(own) == 0 || (cells(own) <= MOST && is_covered(own, 0, &others)) {
            left.retain(|j| *j != i);
        }
    }
    left
}

fn cells(part: &Cells) -> usize {
    part.iter()
        .map(|classes| classes.iter().filter(|c| **c).count())
        .fold(1, usize::saturating_mul)
}

fn is_covered(own: &Cells, dimension: usize, others: &[&Cells]) -> bool {
    if others.is_empty() {
        return false;
    }
    let Some(classes) = own.get(dimension) else {
        return true;
    };
    let has = |cells: &Cells, class: usize| {
        cells
            .get(dimension)
            .and_then(|c| c.get(class))
            .copied()
            .unwrap_or_default()
    };
    (0..classes.len())
        .filter(|class| has(own, *class))
        .all(|class| {
            let left: Vec<&Cells> = others.iter().filter(|o| has(o, class)).copied().collect();
            is_covered(own, dimension + 1, &left)
        })
}

/// Tells whether everything that a pattern of resources matches is matched by another.
pub(super) fn arn_covers(outer: &str, inner: &str) -> bool {
    outer == inner
        || outer
            .strip_suffix('*')
            .is_some_and(|head| inner.starts_with(head) && !head.contains('*'))
}

/// Returns the classes of resources that lists of patterns tell apart, as which of the lists leave a class out: a class for each
/// pattern, and one for all else. `None` where an unknown value may be one of the others.
pub(super) fn outside_of_patterns(lists: &[&BTreeSet<String>]) -> Option<Vec<Vec<bool>>> {
    let all: BTreeSet<&String> = lists.iter().flat_map(|l| l.iter()).collect();
    none_of(&all, lists, arn_covers)
}

/// Returns the classes of values of a key, as which conditions hold for a class; a missing condition holds for all. `None` where
/// the conditions do not fit together.
pub(super) fn classes(tests: &[Option<(&Test, &BTreeSet<String>)>]) -> Option<Vec<Vec<bool>>> {
    let operators: BTreeSet<&str> = tests.iter().flatten().map(|(t, _)| t.0).collect();
    let all: BTreeSet<&String> = tests.iter().flatten().flat_map(|(_, v)| v.iter()).collect();
    let only = |known: &[&str]| operators.iter().all(|o| known.contains(o));
    if only(&["Bool", "BoolIfExists"]) {
        if all.iter().any(|v| *v != "false") {
            return None;
        }
        // True, false, absent.
        let holds = |t: &Option<(&Test, _)>| {
            t.map_or(vec![true; 3], |(test, _)| {
                vec![false, true, test.0 == "BoolIfExists"]
            })
        };
        return Some(tests.iter().map(holds).collect());
    }
    if only(&["NumericGreaterThanIfExists"]) {
        let mut bounds = all
            .iter()
            .map(|v| v.parse::<i64>().ok())
            .collect::<Option<Vec<_>>>()?;
        bounds.sort_unstable();
        return Some(
            tests
                .iter()
                .map(|t| above(t.and_then(|(_, v)| v.first()?.parse().ok()), &bounds, false))
                .collect(),
        );
    }
    if only(&["DateGreaterThanEquals", "DateLessThan"]) {
        let bounds: Vec<&String> = all.into_iter().collect();
        let holds = |t: &Option<(&Test, &BTreeSet<String>)>| {
            above(
                t.and_then(|(_, v)| v.first()),
                &bounds,
                t.is_some_and(|(test, _)| test.0 == "DateLessThan"),
            )
        };
        return Some(tests.iter().map(holds).collect());
    }
    let none = BTreeSet::new();
    let lists: Vec<_> = tests.iter().map(|t| t.map_or(&none, |(_, v)| v)).collect();
    if only(&["NotIpAddress"]) {
        return none_of(&all, &lists, text_covers);
    }
    if only(&["StringNotEquals"]) || only(&["NumericNotEquals"]) {
        return none_of(&all, &lists, |a, b| a == b);
    }
    None
}

/// Classes are the gaps between bounds. Returns those above a bound, or those below; all if there is none.
fn above<T: PartialOrd>(bound: Option<T>, bounds: &[T], below: bool) -> Vec<bool> {
    let Some(bound) = bound else {
        return vec![true; bounds.len() + 1];
    };
    let is_above = |class: usize| bounds.iter().take(class).any(|b| *b == bound);
    (0..=bounds.len())
        .map(|class| is_above(class) != below)
        .collect()
}

/// Classes are the values, less the narrower ones within them, and all else, which no list holds.
fn none_of(
    all: &BTreeSet<&String>,
    lists: &[&BTreeSet<String>],
    covers: impl Fn(&str, &str) -> bool,
) -> Option<Vec<Vec<bool>>> {
    if all.len() > 1 && all.iter().any(|v| has_symbol(v)) {
        return None;
    }
    let free = |list: &BTreeSet<String>| {
        all.iter()
            .map(|v| !list.iter().any(|own| covers(own, v)))
            .chain([true])
            .collect()
    };
    Some(lists.iter().map(|l| free(l)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(dimensions: &[&str]) -> Cells {
        dimensions
            .iter()
            .map(|d| d.bytes().map(|b| b == b'1').collect())
            .collect()
    }

    #[test]
    fn what_the_others_cover_together_is_not_needed() {
        // A or (not A and B) leaves B superfluous only together.
        assert_eq!(
            needed(&[
                part(&["10", "11"]),
                part(&["01", "10"]),
                part(&["11", "10"])
            ]),
            [0, 2]
        );
        assert_eq!(
            needed(&[
                part(&["10", "11"]),
                part(&["01", "11"]),
                part(&["11", "10"])
            ]),
            [0, 1]
        );
        assert_eq!(needed(&[part(&["10", "10"]), part(&["01", "01"])]), [0, 1]);
        // It holds nothing.
        assert_eq!(needed(&[part(&["00", "11"])]), [0_usize; 0]);
    }

    #[test]
    fn keys_have_classes() {
        let set = |values: &[&str]| {
            values
                .iter()
                .map(|v| (*v).to_owned())
                .collect::<BTreeSet<_>>()
        };
        let of = |tests: &[Option<(&'static str, BTreeSet<String>)>]| {
            let tests: Vec<_> = tests
                .iter()
                .map(|t| t.clone().map(|(o, v)| ((o, "k".to_owned()), v)))
                .collect();
            classes(
                &tests
                    .iter()
                    .map(|t| t.as_ref().map(|(t, v)| (t, v)))
                    .collect::<Vec<_>>(),
            )
            .map(|c| {
                c.iter()
                    .map(|c| c.iter().map(|b| u8::from(*b)).collect())
                    .collect::<Vec<Vec<_>>>()
            })
        };
        let (since, until) = (
            Some(("DateGreaterThanEquals", set(&["2027"]))),
            Some(("DateLessThan", set(&["2026"]))),
        );
        assert_eq!(
            of(&[since, until, None]),
            Some(vec![vec![0, 0, 1], vec![1, 0, 0], vec![1, 1, 1]])
        );
        let more = |n: &str| Some(("NumericGreaterThanIfExists", set(&[n])));
        assert_eq!(
            of(&[more("900"), more("3600")]),
            Some(vec![vec![0, 1, 1], vec![0, 0, 1]])
        );
        let not = |ranges: &[&str]| Some(("NotIpAddress", set(ranges)));
        assert_eq!(
            of(&[not(&["10.4.0.0/16"]), not(&["10.4.7.0/24"])]),
            Some(vec![vec![0, 0, 1], vec![1, 0, 1]])
        );
        let bool = |o| Some((o, set(&["false"])));
        assert_eq!(
            of(&[bool("Bool"), bool("BoolIfExists")]),
            Some(vec![vec![0, 1, 0], vec![0, 1, 1]])
        );
        assert_eq!(of(&[more("1"), not(&["10.4.7.0/24"])]), None);
        let unknown = |v: &str| Some(("StringNotEquals", set(&[v])));
        assert_eq!(of(&[unknown("${a.b}"), unknown("x")]), None);
    }
}
