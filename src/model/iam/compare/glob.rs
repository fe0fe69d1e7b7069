//! Texts as automata: which combinations of patterns can a text match, and which text does.
//!
//! A pattern becomes a chain of states, one before each token and one at the end. The chains of all patterns lie side by side in
//! one set of bits, so that one character moves all of them with a handful of word operations. Walking the reachable sets
//! breadth-first gives every combination of matching patterns, each with a shortest text: the *classes* of all texts that these
//! patterns can tell apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::bits::Bits;
use crate::iam::pattern::{Pattern, Token};

/// First character of the private range that stands for symbols: unknown values as one character each.
pub(super) const FIRST_SYMBOL: char = '\u{E000}';

/// A set of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Chars {
    /// Every character.
    All,
    /// Every character save the colon: segments of an ARN before the last.
    Segment,
    /// Every character save colon and slash: identifiers.
    Identifier,
    /// What names of regions and partitions are made of.
    Region,
    /// Decimal digits.
    Digit,
    /// What names of actions are made of, in lower case.
    Action,
    /// Symbols only.
    Symbol,
}

impl Chars {
    fn contains(self, c: char) -> bool {
        let symbol = is_symbol(c);
        match self {
            Self::All => true,
            Self::Segment => c != ':',
            Self::Identifier => {
                symbol
                    || c.is_ascii_alphanumeric()
                    || matches!(c, '-' | '_' | '.' | '+' | '=' | ',' | '@')
            }
            Self::Region => symbol || c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
            Self::Digit => c.is_ascii_digit(),
            Self::Action => c.is_ascii_lowercase() || c.is_ascii_digit(),
            Self::Symbol => symbol,
        }
    }
}

/// Tells whether a character stands for an unknown value.
pub(super) fn is_symbol(c: char) -> bool {
    ('\u{E000}'..='\u{F8FF}').contains(&c)
}

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Step {
    /// This character.
    Char(char),
    /// This character in any letter case.
    Fold(char),
    /// One character.
    One(Chars),
    /// Any run of characters, also none.
    Run(Chars),
}

impl Step {
    /// Tells whether it takes this character.
    pub(super) fn takes(self, c: char) -> bool {
        match self {
            Self::Char(own) => own == c,
            Self::Fold(own) => own == c || own.to_lowercase().eq(c.to_lowercase()),
            Self::One(chars) | Self::Run(chars) => chars.contains(c),
        }
    }
}

/// A pattern over texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Glob {
    /// Its steps in their order.
    pub(super) steps: Vec<Step>,
}

impl Glob {
    /// Makes the glob whose wildcards stand for these characters.
    pub(super) fn new(pattern: &Pattern, chars: Chars) -> Self {
        let step = |t: &Token| match t {
            Token::Any => Step::Run(chars),
            Token::One => Step::One(chars),
            Token::Char(c) => Step::Char(*c),
        };
        Self {
            steps: pattern.tokens().iter().map(step).collect(),
        }
    }

    /// Makes the glob that only this text matches.
    pub(super) fn literal(text: &str) -> Self {
        Self {
            steps: text.chars().map(Step::Char).collect(),
        }
    }

    /// Makes the glob that this text matches in every letter case.
    pub(super) fn folded(text: &str) -> Self {
        Self {
            steps: text.chars().map(Step::Fold).collect(),
        }
    }

    /// Makes the glob of runs of these characters, the empty one too.
    pub(super) fn run(chars: Chars) -> Self {
        Self {
            steps: vec![Step::Run(chars)],
        }
    }

    /// Makes the glob of runs of these characters that are not empty.
    pub(super) fn some(chars: Chars) -> Self {
        Self {
            steps: vec![Step::One(chars), Step::Run(chars)],
        }
    }

    /// Adds the steps of another glob.
    #[must_use]
    pub(super) fn then(mut self, next: Self) -> Self {
        self.steps.extend(next.steps);
        self
    }

    /// Tells whether a text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let automaton = Automaton::new([self]);
        automaton.accepted(&automaton.read(text)).contains(0)
    }

    /// Tells whether no text can match both, as far as their beginnings show.
    fn parts_from(&self, other: &Self) -> bool {
        for (a, b) in self.steps.iter().zip(&other.steps) {
            match (a, b) {
                (Step::Run(_), _) | (_, Step::Run(_)) => return false,
                (Step::Char(c), step) | (step, Step::Char(c)) if !step.takes(*c) => return true,
                _ => {}
            }
        }
        false
    }

    /// Returns a text that matches and shows where wildcards stand: each becomes `filler`.
    pub(super) fn sample(&self, filler: &str) -> String {
        let mut out = String::new();
        for (i, step) in self.steps.iter().enumerate() {
            match step {
                Step::Char(c) | Step::Fold(c) => out.push(*c),
                Step::One(_) => out.extend(filler.chars().next()),
                // What follows `?` or a nonempty placeholder already shows.
                Step::Run(_) if i > 0 && matches!(self.steps.get(i - 1), Some(Step::One(_))) => {}
                Step::Run(_) => out.push_str(filler),
            }
        }
        out
    }
}

/// Patterns side by side.
pub(super) struct Automaton {
    bits: usize,
    /// First state of each pattern, and the end of the last.
    bases: Vec<usize>,
    start: Bits,
    /// States from which a run may be left without a character.
    skip: Bits,
    /// By character: the states that it moves on, and the states in which it stays.
    moves: BTreeMap<char, (Bits, Bits)>,
    /// One character for each way in which the patterns treat characters.
    alphabet: Vec<char>,
    steps: Vec<Option<Step>>,
}

/// Characters for what no pattern names: of each kind that [`Chars`] or a reader tells apart one is enough.
const PLAIN: &[&str] = &[
    "xabcdefghijklmnopqrstuvwyz",
    "0123456789",
    "XABCDEFGHIJKLMNOPQRSTUVWYZ",
    "-",
    "_.+=,@",
    "/",
    ":",
    "~!#%^ ()",
];

impl Automaton {
    pub(super) fn new<'a>(globs: impl IntoIterator<Item = &'a Glob>) -> Self {
        let mut bases = vec![0];
        let mut steps = Vec::new();
        for glob in globs {
            steps.extend(glob.steps.iter().map(|s| Some(*s)));
            steps.push(None);
            bases.push(steps.len());
        }
        let bits = steps.len();
        let skip = Bits::from_fn(bits, |i| matches!(steps.get(i), Some(Some(Step::Run(_)))));
        let mut out = Self {
            bits,
            start: Bits::new(bits),
            skip,
            moves: BTreeMap::new(),
            alphabet: Vec::new(),
            steps,
            bases,
        };
        for base in out.bases.iter().take(out.bases.len() - 1) {
            out.start.insert(*base);
        }
        out.close_start();
        out.choose_alphabet();
        out
    }

    fn close_start(&mut self) {
        let mut start = std::mem::take(&mut self.start);
        self.close(&mut start);
        self.start = start;
    }

    /// Keeps one character of those that all patterns treat alike.
    fn choose_alphabet(&mut self) {
        let mut named = BTreeSet::new();
        for step in self.steps.iter().flatten() {
            match step {
                Step::Char(c) => {
                    named.insert(*c);
                }
                Step::Fold(c) => named.extend(c.to_lowercase().chain(c.to_uppercase()).chain([*c])),
                _ => {}
            }
        }
        let mut seen = BTreeSet::new();
        let plain = PLAIN
            .iter()
            .filter_map(|kind| kind.chars().find(|c| !named.contains(c)));
        for c in plain.chain(named.iter().copied()) {
            let masks = self.masks(c);
            if seen.insert(masks.clone()) {
                self.alphabet.push(c);
                self.moves.insert(c, masks);
            }
        }
    }

    /// Returns the states that a character moves on, and those in which it stays.
    pub(super) fn masks(&self, c: char) -> (Bits, Bits) {
        let mut moves = Bits::new(self.bits);
        let mut stays = Bits::new(self.bits);
        for (i, step) in self.steps.iter().enumerate() {
            match step {
                Some(run @ Step::Run(_)) if run.takes(c) => stays.insert(i),
                Some(Step::Run(_)) | None => {}
                Some(step) if step.takes(c) => moves.insert(i),
                Some(_) => {}
            }
        }
        (moves, stays)
    }

    fn close(&self, state: &mut Bits) {
        loop {
            let mut next = state.clone();
            next.intersect(&self.skip);
            next.shift();
            if next.is_subset(state) {
                return;
            }
            state.unite(&next);
        }
    }

    /// Returns the state after one more character, given by its masks.
    pub(super) fn advance(&self, state: &Bits, (moves, stays): &(Bits, Bits)) -> Bits {
        let mut next = state.clone();
        next.intersect(moves);
        next.shift();
        let mut stay = state.clone();
        stay.intersect(stays);
        next.unite(&stay);
        self.close(&mut next);
        next
    }

    /// Returns the state before any text.
    pub(super) fn start(&self) -> Bits {
        self.start.clone()
    }

    /// Returns one character for each way in which the patterns treat characters.
    pub(super) fn into_alphabet(self) -> Vec<char> {
        self.alphabet
    }

    /// Returns the state after a text.
    pub(super) fn read(&self, text: &str) -> Bits {
        let step = |state: Bits, c| self.advance(&state, &self.masks(c));
        text.chars().fold(self.start.clone(), step)
    }

    /// Returns the patterns that match what was read.
    pub(super) fn accepted(&self, state: &Bits) -> Bits {
        let ends = self.bases.get(1..).unwrap_or_default();
        Bits::from_fn(ends.len(), |k| {
            ends.get(k).is_some_and(|end| state.contains(end - 1))
        })
    }

    /// Tells whether the first pattern can still match.
    fn first_is_alive(&self, state: &Bits) -> bool {
        let end = self.bases.get(1).copied().unwrap_or_default();
        state.first().is_some_and(|first| first < end)
    }
}

/// The classes of texts that some patterns can tell apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes {
    /// A text of each class.
    pub(super) witnesses: Vec<String>,
    /// The patterns that each class matches.
    pub(super) signatures: Vec<Bits>,
}

impl Classes {
    /// Returns the classes that match the pattern of this number.
    pub(super) fn matching(&self, pattern: usize) -> Bits {
        Bits::from_fn(self.signatures.len(), |c| {
            self.signatures.get(c).is_some_and(|s| s.contains(pattern))
        })
    }
}

/// How much work is done before a set of patterns counts as too entangled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Most states of the joint automaton.
    pub(super) states: usize,
    /// Most classes.
    pub(super) classes: usize,
}

/// Finds all classes of the texts in the universes (those that match one of them). Seeds that lie in a universe are taken as witnesses of their
/// classes, in their order. `None` beyond the limits.
pub(super) fn classes(
    universes: &[Glob],
    patterns: &[Glob],
    seeds: &[String],
    limits: Limits,
) -> Option<Classes> {
    let mut out = Classes::default();
    let mut known = HashMap::new();
    // Most patterns are for other kinds of resources: they take no part.
    let near = |u: &Glob| {
        (0..patterns.len())
            .filter(|p| patterns.get(*p).is_some_and(|p| !p.parts_from(u)))
            .collect::<Vec<_>>()
    };
    let automaton = |u| {
        let numbers = near(u);
        let globs = numbers.iter().filter_map(|p| patterns.get(*p));
        (Automaton::new(std::iter::once(u).chain(globs)), numbers)
    };
    let automata: Vec<_> = universes.iter().map(automaton).collect();
    let mut add = |(automaton, numbers): &(Automaton, Vec<usize>),
                   state: &Bits,
                   text: &dyn Fn() -> String,
                   out: &mut Classes| {
        let accepted = automaton.accepted(state);
        if accepted.contains(0) {
            let mut signature = Bits::new(patterns.len());
            accepted
                .iter()
                .filter_map(|a| numbers.get(a.checked_sub(1)?))
                .for_each(|p| signature.insert(*p));
            if known.insert(signature.clone(), ()).is_none() {
                out.signatures.push(signature);
                out.witnesses.push(text());
            }
        }
    };
    for seed in seeds {
        for pair in &automata {
            add(pair, &pair.0.read(seed), &|| seed.clone(), &mut out);
        }
    }
    for pair in &automata {
        let automaton = &pair.0;
        let mut walk = vec![(automaton.start.clone(), 0, '\0')];
        let mut seen: HashMap<Bits, ()> = HashMap::from([(automaton.start.clone(), ())]);
        let mut at = 0;
        while let Some((state, ..)) = walk.get(at) {
            let state = state.clone();
            add(pair, &state, &|| spell(&walk, at), &mut out);
            for c in &automaton.alphabet {
                let Some(masks) = automaton.moves.get(c) else {
                    continue;
                };
                let next = automaton.advance(&state, masks);
                if automaton.first_is_alive(&next) && seen.insert(next.clone(), ()).is_none() {
                    walk.push((next, at, *c));
                }
            }
            if walk.len() > limits.states || out.signatures.len() > limits.classes {
                return None;
            }
            at += 1;
        }
    }
    Some(out)
}

/// Spells the text that leads to a state of the walk.
fn spell(walk: &[(Bits, usize, char)], mut at: usize) -> String {
    let mut out = Vec::new();
    while at != 0 {
        let Some((_, parent, c)) = walk.get(at) else {
            break;
        };
        out.push(*c);
        at = *parent;
    }
    out.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        states: 10_000,
        classes: 1000,
    };

    fn wild(text: &str) -> Glob {
        Glob::new(&Pattern::wild(text), Chars::All)
    }

    fn found(patterns: &[&str]) -> Vec<(String, Vec<usize>)> {
        let globs: Vec<_> = patterns.iter().map(|p| wild(p)).collect();
        let classes = classes(&[Glob::run(Chars::All)], &globs, &[], LIMITS).unwrap();
        let signatures = classes.signatures.iter().map(|s| s.iter().collect());
        let mut out: Vec<_> = classes.witnesses.iter().cloned().zip(signatures).collect();
        out.sort();
        out
    }

    #[test]
    fn every_combination_has_a_shortest_text() {
        let some = |text: &str, sig: &[usize]| (text.to_owned(), sig.to_vec());
        assert_eq!(
            found(&["a*", "*b"]),
            [
                some("", &[]),
                some("a", &[0]),
                some("ab", &[0, 1]),
                some("b", &[1])
            ]
        );
        assert_eq!(found(&["?", "*"]), [some("", &[1]), some("x", &[0, 1])]);
        assert_eq!(
            found(&["i-*", "i-1"]),
            [some("", &[]), some("i-", &[0]), some("i-1", &[0, 1])]
        );
    }

    #[test]
    fn witnesses_match_what_their_signature_says() {
        let patterns = ["a*b*", "*?b", "ab", "*:*", "a?*", "??"];
        for (text, signature) in found(&patterns) {
            for (i, p) in patterns.iter().enumerate() {
                assert_eq!(
                    Pattern::wild(p).matches(&text),
                    signature.contains(&i),
                    "{p} {text}"
                );
                assert_eq!(wild(p).matches(&text), signature.contains(&i), "{p} {text}");
            }
        }
    }

    #[test]
    fn universes_and_letter_case() {
        let digits = Glob {
            steps: vec![Step::One(Chars::Digit); 2],
        };
        let own = classes(
            &[digits],
            &[wild("1*"), wild("x*")],
            &["77".to_owned()],
            LIMITS,
        )
        .unwrap();
        assert_eq!(own.witnesses, ["77", "10"]);
        let dev = classes(
            &[Glob::run(Chars::All)],
            &[Glob::folded("Dev"), Glob::literal("dev")],
            &[],
            LIMITS,
        )
        .unwrap();
        assert_eq!(dev.witnesses.len(), 3);
    }

    #[test]
    fn entangled_patterns_are_given_up() {
        let patterns: Vec<_> = ('a'..='p').map(|c| wild(&format!("*{c}*"))).collect();
        let limits = Limits {
            states: 1000,
            classes: 100,
        };
        assert!(classes(&[Glob::run(Chars::All)], &patterns, &[], limits).is_none());
    }
}
