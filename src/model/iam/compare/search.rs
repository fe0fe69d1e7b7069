//! A text that matches some patterns and none of others, without building all classes.
//!
//! Used where patterns are too entangled for [`classes`](super::glob::classes). The patterns that must match run as single
//! states; those that must not run as one set of states. A smaller set is easier to escape from, so a state is not looked at
//! again if it was seen with a subset of the set that it has now (the antichain method of De Wulf, Doyen, Henzinger and Raskin,
//! "Antichains: a new algorithm for checking universality of finite automata", CAV 2006).

use std::collections::HashMap;

use super::{
    bits::Bits,
    glob::{Automaton, Glob, Step},
};

/// What a search ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A shortest text.
    Text(String),
    /// There is none.
    Nothing,
    /// The search took too many states.
    GaveUp,
}

/// Looks for a shortest text that matches all of `must` and none of `not`.
pub(super) fn find(must: &[&Glob], not: &[&Glob], most_states: usize) -> Found {
    let alphabet = Automaton::new(must.iter().chain(not).copied()).into_alphabet();
    let avoid = Automaton::new(not.iter().copied());
    let masks: Vec<_> = alphabet.iter().map(|c| (*c, avoid.masks(*c))).collect();
    let mut walk: Vec<Node> = Vec::new();
    let mut seen: HashMap<Vec<usize>, Vec<Bits>> = HashMap::new();
    for positions in combinations(&must.iter().map(|g| closed(g, 0)).collect::<Vec<_>>()) {
        visit(
            &mut walk,
            &mut seen,
            Node {
                positions,
                avoid: avoid.start(),
                parent: 0,
                by: None,
            },
        );
    }
    let mut at = 0;
    while let Some(node) = walk.get(at) {
        let node = node.clone();
        let done = must
            .iter()
            .zip(&node.positions)
            .all(|(g, p)| *p == g.steps.len());
        if done && avoid.accepted(&node.avoid).is_empty() {
            return Found::Text(spell(&walk, at));
        }
        for (c, masks) in &masks {
            let next: Vec<_> = must
                .iter()
                .zip(&node.positions)
                .map(|(g, p)| after(g, *p, *c))
                .collect();
            if next.iter().any(Vec::is_empty) {
                continue;
            }
            let avoided = avoid.advance(&node.avoid, masks);
            for positions in combinations(&next) {
                let node = Node {
                    positions,
                    avoid: avoided.clone(),
                    parent: at,
                    by: Some(*c),
                };
                visit(&mut walk, &mut seen, node);
            }
        }
        if walk.len() > most_states {
            return Found::GaveUp;
        }
        at += 1;
    }
    Found::Nothing
}

#[derive(Clone)]
struct Node {
    positions: Vec<usize>,
    avoid: Bits,
    parent: usize,
    by: Option<char>,
}

fn visit(walk: &mut Vec<Node>, seen: &mut HashMap<Vec<usize>, Vec<Bits>>, node: Node) {
    let sets = seen.entry(node.positions.clone()).or_default();
    if !sets.iter().any(|s| s.is_subset(&node.avoid)) {
        sets.retain(|s| !node.avoid.is_subset(s));
        sets.push(node.avoid.clone());
        walk.push(node);
    }
}

/// Returns a position and those that runs give for nothing.
fn closed(glob: &Glob, position: usize) -> Vec<usize> {
    let runs = glob
        .steps
        .iter()
        .skip(position)
        .take_while(|s| matches!(s, Step::Run(_)))
        .count();
    (position..=position + runs).collect()
}

fn after(glob: &Glob, position: usize, c: char) -> Vec<usize> {
    match glob.steps.get(position) {
        Some(step) if !step.takes(c) => Vec::new(),
        // The positions behind the run are nodes of their own.
        Some(Step::Run(_)) => closed(glob, position),
        Some(_) => closed(glob, position + 1),
        None => Vec::new(),
    }
}

fn combinations(choices: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new()];
    for choice in choices {
        out = out
            .iter()
            .flat_map(|head| {
                choice
                    .iter()
                    .map(move |p| head.iter().copied().chain([*p]).collect())
            })
            .collect();
    }
    out
}

fn spell(walk: &[Node], mut at: usize) -> String {
    let mut out = Vec::new();
    while let Some(Node {
        by: Some(c),
        parent,
        ..
    }) = walk.get(at)
    {
        out.push(*c);
        at = *parent;
    }
    out.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{compare::glob::Chars, pattern::Pattern};

    fn wild(text: &str) -> Glob {
        Glob::new(&Pattern::wild(text), Chars::All)
    }

    fn check(must: &[&str], not: &[&str]) -> Option<String> {
        let must: Vec<_> = must.iter().map(|p| wild(p)).collect();
        let not: Vec<_> = not.iter().map(|p| wild(p)).collect();
        match find(
            &must.iter().collect::<Vec<_>>(),
            &not.iter().collect::<Vec<_>>(),
            100_000,
        ) {
            Found::Text(text) => {
                assert!(
                    must.iter().all(|g| g.matches(&text)) && !not.iter().any(|g| g.matches(&text)),
                    "{text}"
                );
                Some(text)
            }
            Found::Nothing => None,
            Found::GaveUp => panic!("gave up"),
        }
    }

    #[test]
    fn inclusion() {
        assert_eq!(check(&["a*"], &["*"]), None);
        assert_eq!(check(&["a*c", "?b*"], &[]).as_deref(), Some("abc"));
        assert_eq!(check(&["*"], &["?*"]).as_deref(), Some(""));
        assert_eq!(check(&["a?"], &["*a", "*b"]).as_deref(), Some("ax"));
        assert_eq!(check(&["*a*b*"], &["*a*"]), None);
        assert_eq!(check(&["??"], &["?", "???", "*x*"]).as_deref(), Some("aa"));
    }

    #[test]
    fn forty_overlapping_lists_are_no_trouble() {
        let lists: Vec<String> = (0..40)
            .map(|i| format!("/restapis/*/resources/*/part{i}/*"))
            .collect();
        let not: Vec<&str> = lists.iter().map(String::as_str).collect();
        assert!(check(&["/restapis/*/resources/*"], &not).is_some());
        assert_eq!(check(&["/restapis/*/resources/x/part7/*"], &not), None);
    }
}
