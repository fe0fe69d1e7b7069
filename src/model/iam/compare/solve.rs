//! A small solver for formulas over finitely many dimensions.
//!
//! A dimension is a part of the request: a segment of the resource's ARN, a condition key. Most have a list of classes, and a
//! region keeps the set of those that are still possible. A dimension whose patterns are too entangled for classes keeps the
//! patterns that its text must and must not match instead. The search is a DPLL: units are propagated, then the disjunction
//! with the fewest alternatives is split. Every point of the region that comes out satisfies the formula.

use std::collections::BTreeMap;

use super::{
    bits::Bits,
    glob::Glob,
    search::{Found, find},
};

/// A part of the request.
#[derive(Clone, Debug)]
pub(super) enum Dimension {
    /// One of so many classes.
    Classes(usize),
    /// A text.
    Text {
        /// What the text may be.
        universe: Glob,
        /// The patterns that are asked about.
        patterns: Vec<Glob>,
    },
}

/// What is asked. Dimensions, classes and patterns are given by their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Formula {
    /// Always.
    True,
    /// Never.
    False,
    /// The dimension is in one of these classes.
    Is(usize, Bits),
    /// The dimension's text matches (`true`) or does not match this pattern.
    Text(usize, usize, bool),
    /// All of them.
    And(Vec<Formula>),
    /// At least one of them.
    Or(Vec<Formula>),
}

impl Formula {
    /// Makes the question whether a dimension is in some of its classes.
    pub(super) fn of_classes(dimension: usize, set: Bits, bound: usize) -> Self {
        if set.is_empty() {
            Self::False
        } else if set == Bits::full(bound) {
            Self::True
        } else {
            Self::Is(dimension, set)
        }
    }

    /// Makes the conjunction.
    pub(super) fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut out = Vec::new();
        for part in parts {
            match part {
                Self::True => {}
                Self::False => return Self::False,
                Self::And(inner) => out.extend(inner),
                other => out.push(other),
            }
        }
        match out.len() {
            0 => Self::True,
            1 => out.swap_remove(0),
            _ => Self::And(out),
        }
    }

    /// Makes the disjunction. Alternatives that only ask for classes of one dimension become one.
    pub(super) fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut sets: BTreeMap<usize, Bits> = BTreeMap::new();
        let mut out = Vec::new();
        for part in parts {
            let inner = match part {
                Self::False => continue,
                Self::True => return Self::True,
                Self::Or(inner) => inner,
                other => vec![other],
            };
            for part in inner {
                match part {
                    Self::Is(dimension, set) => match sets.get_mut(&dimension) {
                        Some(known) => known.unite(&set),
                        None => {
                            sets.insert(dimension, set);
                        }
                    },
                    other if out.contains(&other) => {}
                    other => out.push(other),
                }
            }
        }
        out.extend(sets.into_iter().map(|(d, set)| Self::Is(d, set)));
        match out.len() {
            0 => Self::False,
            1 => out.swap_remove(0),
            _ => Self::Or(out),
        }
    }
}

/// Returns the negation of a formula over these dimensions.
pub(super) fn not(dimensions: &[Dimension], formula: &Formula) -> Formula {
    match formula {
        Formula::True => Formula::False,
        Formula::False => Formula::True,
        Formula::Is(d, set) => match dimensions.get(*d) {
            Some(Dimension::Classes(bound)) => {
                Formula::of_classes(*d, set.complement(*bound), *bound)
            }
            _ => Formula::False,
        },
        Formula::Text(d, p, holds) => Formula::Text(*d, *p, !holds),
        Formula::And(parts) => Formula::or(parts.iter().map(|p| not(dimensions, p))),
        Formula::Or(parts) => Formula::and(parts.iter().map(|p| not(dimensions, p))),
    }
}

/// What is left of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rest {
    /// These classes.
    Classes(Bits),
    /// Texts that match some patterns and none of others.
    Text {
        /// Patterns that match.
        must: Bits,
        /// Patterns that do not.
        not: Bits,
    },
}

/// What is left of every dimension.
pub(super) type Region = Vec<Rest>;

/// The search took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooHard;

/// Answers formulas over one set of dimensions.
pub(super) struct Solver {
    dimensions: Vec<Dimension>,
    /// Whether there is a text: by dimension and the patterns that must and must not match.
    texts: BTreeMap<(usize, Bits, Bits), Option<String>>,
    /// How many splits are left.
    budget: usize,
}

const SPLITS: usize = 20_000;
const STATES: usize = 60_000;

enum Status {
    True,
    False,
    Open,
}

impl Solver {
    pub(super) fn new(dimensions: Vec<Dimension>) -> Self {
        Self {
            dimensions,
            texts: BTreeMap::new(),
            budget: SPLITS,
        }
    }

    fn not(&self, formula: &Formula) -> Formula {
        not(&self.dimensions, formula)
    }

    /// Finds a region in which the formula holds everywhere.
    ///
    /// # Errors
    /// When the formula takes too many steps.
    pub(super) fn solve(&mut self, formula: &Formula) -> Result<Option<Region>, TooHard> {
        self.budget = SPLITS;
        let region = self.dimensions.iter().map(|d| match d {
            Dimension::Classes(bound) => Rest::Classes(Bits::full(*bound)),
            Dimension::Text { patterns, .. } => Rest::Text {
                must: Bits::new(patterns.len()),
                not: Bits::new(patterns.len()),
            },
        });
        self.search(region.collect(), vec![formula.clone()], Vec::new())
    }

    /// Returns a text of a region's dimension of texts.
    pub(super) fn text(&mut self, dimension: usize, must: &Bits, not: &Bits) -> Option<String> {
        self.lookup(dimension, must, not).ok().flatten()
    }

    /// Takes over facts, then settles disjunctions.
    fn search(
        &mut self,
        mut region: Region,
        mut facts: Vec<Formula>,
        mut open: Vec<Vec<Formula>>,
    ) -> Result<Option<Region>, TooHard> {
        loop {
            while let Some(fact) = facts.pop() {
                if !self.assume(&mut region, fact, &mut facts, &mut open)? {
                    return Ok(None);
                }
            }
            let mut left = Vec::with_capacity(open.len());
            for alternatives in std::mem::take(&mut open) {
                let Some(mut alternatives) = self.simplify(&region, alternatives)? else {
                    continue;
                };
                match alternatives.len() {
                    0 => return Ok(None),
                    1 => facts.append(&mut alternatives),
                    _ => left.push(alternatives),
                }
            }
            open = left;
            if !facts.is_empty() {
                continue;
            }
            let Some(smallest) = (0..open.len()).min_by_key(|i| open.get(*i).map_or(0, Vec::len))
            else {
                return Ok(Some(region));
            };
            let alternatives = open.swap_remove(smallest);
            return self.split(&region, &alternatives, &open);
        }
    }

    fn split(
        &mut self,
        region: &Region,
        alternatives: &[Formula],
        open: &[Vec<Formula>],
    ) -> Result<Option<Region>, TooHard> {
        let mut refused: Vec<Formula> = Vec::new();
        for alternative in alternatives {
            self.budget = self.budget.checked_sub(1).ok_or(TooHard)?;
            let facts = refused.iter().chain([alternative]).cloned().collect();
            if let Some(found) = self.search(region.clone(), facts, open.to_vec())? {
                return Ok(Some(found));
            }
            // What failed once need not be tried again within the next alternatives.
            refused.push(self.not(alternative));
        }
        Ok(None)
    }

    /// Narrows the region by a fact. False if nothing is left.
    fn assume(
        &mut self,
        region: &mut Region,
        fact: Formula,
        facts: &mut Vec<Formula>,
        open: &mut Vec<Vec<Formula>>,
    ) -> Result<bool, TooHard> {
        match fact {
            Formula::True => {}
            Formula::False => return Ok(false),
            Formula::And(parts) => facts.extend(parts),
            Formula::Or(parts) => open.push(parts),
            Formula::Is(d, set) => {
                let Some(Rest::Classes(left)) = region.get_mut(d) else {
                    return Ok(false);
                };
                left.intersect(&set);
                return Ok(!left.is_empty());
            }
            Formula::Text(d, pattern, holds) => {
                let Some(Rest::Text { must, not }) = region.get_mut(d) else {
                    return Ok(false);
                };
                if holds {
                    must.insert(pattern)
                } else {
                    not.insert(pattern)
                }
                let (must, not) = (must.clone(), not.clone());
                return Ok(self.lookup(d, &must, &not)?.is_some());
            }
        }
        Ok(true)
    }

    /// Drops alternatives that cannot hold in the region; `None` if one always does.
    fn simplify(
        &mut self,
        region: &Region,
        alternatives: Vec<Formula>,
    ) -> Result<Option<Vec<Formula>>, TooHard> {
        let mut left = Vec::with_capacity(alternatives.len());
        for alternative in alternatives {
            match self.status(region, &alternative)? {
                Status::True => return Ok(None),
                Status::False => {}
                Status::Open => left.push(alternative),
            }
        }
        Ok(Some(left))
    }

    fn status(&mut self, region: &Region, formula: &Formula) -> Result<Status, TooHard> {
        Ok(match formula {
            Formula::True => Status::True,
            Formula::False => Status::False,
            Formula::Is(d, set) => match region.get(*d) {
                Some(Rest::Classes(left)) if left.is_subset(set) => Status::True,
                Some(Rest::Classes(left)) if left.intersects(set) => Status::Open,
                _ => Status::False,
            },
            Formula::Text(d, pattern, holds) => match region.get(*d) {
                Some(Rest::Text { must, not }) => {
                    self.text_status(*d, must, not, *pattern, *holds)?
                }
                _ => Status::False,
            },
            Formula::And(parts) => self.status_of_all(region, parts, true)?,
            Formula::Or(parts) => self.status_of_all(region, parts, false)?,
        })
    }

    fn status_of_all(
        &mut self,
        region: &Region,
        parts: &[Formula],
        all: bool,
    ) -> Result<Status, TooHard> {
        let mut open = false;
        for part in parts {
            match (self.status(region, part)?, all) {
                (Status::False, true) => return Ok(Status::False),
                (Status::True, false) => return Ok(Status::True),
                (Status::Open, _) => open = true,
                _ => {}
            }
        }
        Ok(match (open, all) {
            (true, _) => Status::Open,
            (false, true) => Status::True,
            (false, false) => Status::False,
        })
    }

    fn text_status(
        &mut self,
        d: usize,
        must: &Bits,
        not: &Bits,
        pattern: usize,
        holds: bool,
    ) -> Result<Status, TooHard> {
        let (mut with, mut without) = (must.clone(), not.clone());
        with.insert(pattern);
        without.insert(pattern);
        let can = self.lookup(d, &with, not)?.is_some();
        let can_not = self.lookup(d, must, &without)?.is_some();
        Ok(match (can == holds, can_not == holds) {
            _ if can && can_not => Status::Open,
            (true, _) => Status::True,
            _ => Status::False,
        })
    }

    fn lookup(&mut self, d: usize, must: &Bits, not: &Bits) -> Result<Option<String>, TooHard> {
        let key = (d, must.clone(), not.clone());
        if let Some(known) = self.texts.get(&key) {
            return Ok(known.clone());
        }
        let Some(Dimension::Text { universe, patterns }) = self.dimensions.get(d) else {
            return Ok(None);
        };
        let pick = |bits: &Bits| {
            bits.iter()
                .filter_map(|i| patterns.get(i))
                .collect::<Vec<_>>()
        };
        let mut musts = pick(must);
        musts.push(universe);
        let found = match find(&musts, &pick(not), STATES) {
            Found::Text(text) => Some(text),
            Found::Nothing => None,
            Found::GaveUp => return Err(TooHard),
        };
        self.texts.insert(key, found.clone());
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{compare::glob::Chars, pattern::Pattern};

    fn is(d: usize, classes: &[usize]) -> Formula {
        Formula::Is(d, Bits::from_fn(4, |i| classes.contains(&i)))
    }

    /// All points of three dimensions of four classes in which a formula holds.
    fn points(f: &Formula) -> usize {
        fn holds(f: &Formula, p: [usize; 3]) -> bool {
            match f {
                Formula::Is(d, set) => set.contains(p[*d]),
                Formula::And(all) => all.iter().all(|f| holds(f, p)),
                Formula::Or(all) => all.iter().any(|f| holds(f, p)),
                other => *other == Formula::True,
            }
        }
        (0..64)
            .filter(|i| holds(f, [i % 4, i / 4 % 4, i / 16]))
            .count()
    }

    #[test]
    fn agrees_with_trying_all_points() {
        let mut seed = 7_u64;
        let mut next = |n: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % n
        };
        let (mut yes, mut no) = (0, 0);
        for _ in 0..2000 {
            let mut clauses = Vec::new();
            for _ in 0..3 + next(8) {
                let alternatives = (0..1 + next(3)).map(|_| {
                    let mut one = || {
                        is(
                            usize::try_from(next(3)).unwrap(),
                            &[usize::try_from(next(4)).unwrap()],
                        )
                    };
                    Formula::and([one(), one()])
                });
                let alternatives: Vec<_> = alternatives.collect();
                clauses.push(Formula::or(alternatives));
            }
            let mut solver = Solver::new(vec![Dimension::Classes(4); 3]);
            let head = clauses.remove(0);
            let rest: Vec<_> = clauses.iter().map(|c| solver.not(c)).collect();
            let formula = Formula::and([head].into_iter().chain(rest));
            let found = solver.solve(&formula).unwrap();
            assert_eq!(found.is_some(), points(&formula) > 0, "{formula:?}");
            if let Some(region) = found {
                yes += 1;
                let point: Vec<_> = region
                    .iter()
                    .enumerate()
                    .map(|(d, rest)| match rest {
                        Rest::Classes(left) => is(d, &[left.first().unwrap()]),
                        Rest::Text { .. } => Formula::False,
                    })
                    .collect();
                assert_eq!(points(&Formula::and(point.into_iter().chain([formula]))), 1);
            } else {
                no += 1;
            }
        }
        assert!(yes > 300 && no > 300, "{yes} {no}");
    }

    #[test]
    fn texts_without_classes() {
        let patterns = ["a*", "*b", "a*b", "?"]
            .map(|p| Glob::new(&Pattern::wild(p), Chars::All))
            .to_vec();
        let mut solver = Solver::new(vec![Dimension::Text {
            universe: Glob::run(Chars::All),
            patterns,
        }]);
        let text = |p, holds| Formula::Text(0, p, holds);
        let both = Formula::and([text(0, true), text(1, true)]);
        let region = solver.solve(&both).unwrap().unwrap();
        let Rest::Text { must, not } = &region[0] else {
            panic!()
        };
        assert_eq!(solver.text(0, must, not).as_deref(), Some("ab"));
        assert_eq!(
            solver.solve(&Formula::and([both, text(2, false)])),
            Ok(None)
        );
        let either = Formula::or([text(2, true), Formula::and([text(0, false), text(3, true)])]);
        assert!(
            solver
                .solve(&Formula::and([either, text(1, false)]))
                .unwrap()
                .is_some()
        );
    }
}
