//! Statements as formulas over the dimensions of a request.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use super::{
    bits::Bits,
    glob::{Chars, Classes, Glob, Limits, Step, classes},
    keys::{Keys, Setting},
    shape::{Place, Shape},
    side::Sides,
    solve::{Dimension, Formula},
};
use crate::iam::{
    pattern::{ArnPattern, Pattern, SEGMENTS, Token},
    template::{Part, Template},
};

const LIMITS: Limits = Limits {
    states: 4000,
    classes: 256,
};

/// Classes that were found before, by universes, patterns and seeds; `None` if there are too many.
type Known = HashMap<(Vec<Glob>, Vec<Glob>, Vec<String>), Option<Rc<Classes>>>;

/// Finds classes and remembers them: most groups of actions share the patterns of most segments.
#[derive(Default)]
pub(super) struct Atlas {
    known: RefCell<Known>,
}

impl Atlas {
    fn classes(
        &self,
        universes: Vec<Glob>,
        patterns: Vec<Glob>,
        seeds: Vec<String>,
    ) -> Option<Rc<Classes>> {
        let key = (universes, patterns, seeds);
        if let Some(found) = self.known.borrow().get(&key) {
            return found.clone();
        }
        let found = classes(&key.0, &key.1, &key.2, LIMITS).map(Rc::new);
        self.known.borrow_mut().insert(key, found.clone());
        found
    }
}

/// A pattern with its variables filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filled {
    /// A variable has no value: nothing matches.
    Nothing,
    /// What the pattern became.
    Known(Pattern),
    /// Variables may be anything: the pattern with `*` in their places, which every match fits.
    Open(Pattern),
}

/// Fills in a template. Unknown values become the characters that stand for them, or what the setting supposes them to be.
pub(super) fn fill(sides: &Sides, setting: &Setting, template: &Template) -> Filled {
    let mut tokens = Vec::new();
    let mut open = false;
    for part in &template.parts {
        match part {
            Part::Token(t) => tokens.push(*t),
            Part::Symbol(text) => match setting.symbols.get(text) {
                Some(supposed) => tokens.extend(supposed.chars().map(Token::Char)),
                None => tokens.extend(sides.symbols.get(text).map(|c| Token::Char(*c))),
            },
            Part::Variable { .. } if setting.open => {
                open = true;
                tokens.push(Token::Any);
            }
            Part::Variable { key, default } => {
                let value = setting
                    .variables
                    .get(&key.to_ascii_lowercase())
                    .and_then(Option::as_deref);
                let Some(value) = value.or(default.as_deref()) else {
                    return Filled::Nothing;
                };
                tokens.extend(value.chars().map(Token::Char));
            }
        }
    }
    let pattern = Pattern::new(tokens);
    if open {
        Filled::Open(pattern)
    } else {
        Filled::Known(pattern)
    }
}

/// The dimensions of requests for resources of one shape.
pub(super) struct Frame<'a> {
    sides: &'a Sides<'a>,
    setting: &'a Setting,
    shape: &'a Shape,
    pub(super) dimensions: Vec<Dimension>,
    segments: Vec<SegmentDimension>,
    /// Dimensions of patterns whose variables may be anything: whether the pattern matches.
    open: Vec<(Template, usize)>,
}

/// A segment of the ARN, or the rest after a symbol.
struct SegmentDimension {
    dimension: usize,
    /// Patterns that are asked about, without `*`.
    patterns: Vec<Pattern>,
    /// `None`: a dimension of texts.
    classes: Option<Rc<Classes>>,
}

impl<'a> Frame<'a> {
    /// Lays out the dimensions: first those of the keys, then those of the resource for the statements of these numbers.
    pub(super) fn new(
        sides: &'a Sides<'a>,
        setting: &'a Setting,
        keys: &Keys,
        shape: &'a Shape,
        place: &Place,
        statements: &Bits,
        atlas: &Atlas,
    ) -> Self {
        let mut out = Self {
            sides,
            setting,
            shape,
            dimensions: keys.dimensions.clone(),
            segments: Vec::new(),
            open: Vec::new(),
        };
        let terms = statements.iter().filter_map(|i| sides.terms.get(i));
        let templates: Vec<_> = terms
            .filter_map(|t| t.resources.as_ref())
            .flat_map(|(_, t)| t)
            .collect();
        let mut patterns = Vec::new();
        for template in templates {
            match fill(sides, setting, template) {
                Filled::Nothing => {}
                Filled::Known(pattern) => patterns.push(pattern),
                Filled::Open(pattern) => {
                    patterns.push(pattern);
                    if out.open_dimension(template).is_none() {
                        out.open.push((template.clone(), out.dimensions.len()));
                        out.dimensions.push(Dimension::Classes(2));
                    }
                }
            }
        }
        out.lay_out(&patterns, place, atlas);
        out
    }

    fn lay_out(&mut self, patterns: &[Pattern], place: &Place, atlas: &Atlas) {
        let mut columns = vec![Vec::new(); SEGMENTS];
        for pattern in patterns {
            let parts = match self.parts(pattern) {
                Parts::Segments(parts) => parts,
                Parts::Everything | Parts::Nothing => continue,
            };
            for (column, part) in columns.iter_mut().zip(parts) {
                if !part.is_any() && !column.contains(&part) {
                    column.push(part);
                }
            }
        }
        let segments: Vec<_> = match self.shape {
            Shape::Nothing => Vec::new(),
            // Chosen freely: an unknown value may be followed by anything.
            Shape::Symbol(_) => vec![(
                vec![Glob::run(Chars::All)],
                vec![String::new(), "/example".to_owned()],
            )],
            shape => {
                let segments = shape.segments().unwrap_or_default();
                let segments = segments
                    .iter()
                    .map(|s| (s.universes(place), s.seeds(place)));
                if self.setting.loose {
                    vec![whole(segments.collect())]
                } else {
                    segments.collect()
                }
            }
        };
        for (at, ((universes, mut seeds), patterns)) in
            segments.into_iter().zip(columns).enumerate()
        {
            let glob = |p| {
                if self.setting.loose {
                    loose(p)
                } else {
                    Glob::new(p, Chars::All)
                }
            };
            let globs: Vec<_> = patterns.iter().map(glob).collect();
            if at == SEGMENTS - 1 || self.setting.loose {
                seeds.extend(globs.iter().map(|g| g.sample("example")));
            }
            let dimension = self.dimensions.len();
            let universe = universes.first().cloned().unwrap_or_default();
            let classes = atlas.classes(universes, globs.clone(), seeds);
            self.dimensions.push(match &classes {
                Some(found) => Dimension::Classes(found.witnesses.len()),
                None => Dimension::Text {
                    universe,
                    patterns: globs,
                },
            });
            self.segments.push(SegmentDimension {
                dimension,
                patterns,
                classes,
            });
        }
    }

    /// Takes a pattern apart for this shape.
    fn parts(&self, pattern: &Pattern) -> Parts {
        if pattern.is_any() {
            return Parts::Everything;
        }
        let first = pattern.tokens().first();
        match (self.shape, first) {
            (Shape::Symbol(c), Some(Token::Char(own))) if c == own => {
                Parts::Segments(vec![Pattern::new(pattern.tokens().iter().skip(1).copied())])
            }
            // Unknown values are taken to differ from every text that is known.
            (Shape::Symbol(_) | Shape::Nothing, _) => Parts::Nothing,
            (_, Some(Token::Char(c))) if super::glob::is_symbol(*c) => Parts::Nothing,
            _ if self.setting.loose => Parts::Segments(vec![pattern.clone()]),
            _ => match ArnPattern::resource(pattern) {
                ArnPattern::All => Parts::Everything,
                ArnPattern::Segments(segments) => Parts::Segments(segments.to_vec()),
                _ => Parts::Nothing,
            },
        }
    }

    /// Returns the formula of a statement: its resource clause and its conditions. `None` for the number of no statement.
    pub(super) fn statement(&self, number: usize, keys: &Keys) -> Option<Formula> {
        let term = self.sides.terms.get(number)?;
        let Some((negated, templates)) = term.resources.as_ref().filter(|_| term.is_about) else {
            return Some(Formula::False);
        };
        if templates.is_empty() {
            return Some(Formula::False);
        }
        let resource = Formula::or(templates.iter().map(|t| self.pattern(t)));
        let resource = if *negated {
            self.not(&resource)
        } else {
            resource
        };
        Some(Formula::and([resource, keys.statement(number)]))
    }

    fn open_dimension(&self, template: &Template) -> Option<usize> {
        self.open
            .iter()
            .find(|(t, _)| t == template)
            .map(|(_, d)| *d)
    }

    fn pattern(&self, template: &Template) -> Formula {
        let (pattern, open) = match fill(self.sides, self.setting, template) {
            Filled::Nothing => return Formula::False,
            Filled::Known(pattern) => (pattern, None),
            Filled::Open(pattern) => (pattern, self.open_dimension(template)),
        };
        let own = match self.parts(&pattern) {
            Parts::Everything => Formula::True,
            Parts::Nothing => Formula::False,
            Parts::Segments(parts) => {
                Formula::and(self.segments.iter().zip(&parts).map(|(s, p)| s.matches(p)))
            }
        };
        let open = open.map(|d| Formula::Is(d, Bits::from_fn(2, |i| i == 1)));
        Formula::and([own].into_iter().chain(open))
    }

    /// Returns the negation.
    pub(super) fn not(&self, formula: &Formula) -> Formula {
        super::solve::not(&self.dimensions, formula)
    }

    /// Returns the classes or texts of the segments, to be put together as a resource.
    pub(super) fn resource(
        &self,
        mut pick: impl FnMut(usize, Option<&Classes>) -> Option<String>,
    ) -> Option<String> {
        let mut parts = Vec::new();
        for segment in &self.segments {
            parts.push(pick(segment.dimension, segment.classes.as_deref())?);
        }
        Some(match self.shape {
            Shape::Nothing => "*".to_owned(),
            Shape::Symbol(c) => format!("{c}{}", parts.concat()),
            _ => parts.join(":"),
        })
    }
}

/// Puts what segments may be together.
fn whole(segments: Vec<(Vec<Glob>, Vec<String>)>) -> (Vec<Glob>, Vec<String>) {
    let mut universes: Vec<Glob> = Vec::new();
    let mut plainest: Vec<String> = Vec::new();
    for (own, seeds) in segments {
        universes = if universes.is_empty() {
            own
        } else {
            let next = |head: &Glob| {
                own.iter()
                    .map(|tail| head.clone().then(Glob::literal(":")).then(tail.clone()))
                    .collect::<Vec<_>>()
            };
            universes.iter().flat_map(next).collect()
        };
        plainest.extend(seeds.into_iter().next());
    }
    (universes, vec![plainest.join(":")])
}

/// Tells whether two readings of a pattern differ: a `*` that ends an inner segment may or may not run over colons
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>). A segment that is `*` alone counts as clear.
pub(super) fn is_contested(pattern: &Pattern) -> bool {
    let segments = pattern.segments();
    let inner = segments.iter().take(SEGMENTS - 1);
    let is_short =
        segments.len() < SEGMENTS && !matches!(pattern.tokens().first(), Some(Token::Char('$')));
    !pattern.is_any()
        && (is_short
            || inner
                .into_iter()
                .any(|s| s.tokens().len() > 1 && s.tokens().last() == Some(&Token::Any)))
}

/// Makes a pattern of resources whose contested wildcards run over colons.
pub(super) fn loose(pattern: &Pattern) -> Glob {
    let segments = pattern.segments();
    let last = segments.len() - 1;
    let glob = |(i, s): (usize, &Pattern)| {
        let mut glob = Glob::new(
            s,
            if i < SEGMENTS - 1 {
                Chars::Segment
            } else {
                Chars::All
            },
        );
        if s.tokens().len() > 1 || i == last {
            for step in glob.steps.iter_mut().rev().take(1) {
                if let Step::Run(chars) = step {
                    *chars = Chars::All;
                }
            }
        }
        glob
    };
    segments
        .iter()
        .enumerate()
        .map(glob)
        .reduce(|all, next| all.then(Glob::literal(":")).then(next))
        .unwrap_or_default()
}

/// What a pattern asks of the segments.
enum Parts {
    Everything,
    Nothing,
    Segments(Vec<Pattern>),
}

impl SegmentDimension {
    fn matches(&self, part: &Pattern) -> Formula {
        if part.is_any() {
            return Formula::True;
        }
        let Some(number) = self.patterns.iter().position(|p| p == part) else {
            return Formula::False;
        };
        match &self.classes {
            None => Formula::Text(self.dimension, number, true),
            Some(classes) => Formula::of_classes(
                self.dimension,
                classes.matching(number),
                classes.witnesses.len(),
            ),
        }
    }
}
