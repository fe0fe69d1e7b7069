//! What variables and unknown values could be, so that they matter: the texts that other patterns have in their places.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    bits::Bits,
    glob::Chars,
    glob::Glob,
    shape::{Place, Shape},
    side::Sides,
};
use crate::iam::{
    ast::Version,
    operator::{Base, Operator},
    pattern::{Pattern, Token},
    template::{Part, Template},
};

/// Operators that know no wildcards.
const PLAIN: &[Base] = &[
    Base::StringEquals,
    Base::StringNotEquals,
    Base::StringEqualsIgnoreCase,
    Base::StringNotEqualsIgnoreCase,
];
/// Most suppositions for one variable or unknown value.
const MOST: usize = 6;
/// Most combinations of suppositions.
const COMBINATIONS: usize = 128;

/// A text of a policy that patterns are compared with, by what it is compared with: the resource, or a condition key.
struct Spot<'a> {
    what: String,
    template: Template,
    text: &'a str,
}

/// What the variables and symbols of some statements could be.
#[derive(Debug, Default)]
pub(super) struct Suppositions {
    /// By key in lower case; `None`: missing.
    pub(super) variables: BTreeMap<String, Vec<Option<String>>>,
    /// By the symbol's text.
    pub(super) symbols: BTreeMap<String, Vec<String>>,
}

impl Suppositions {
    /// Looks at all statements, but not at resources that none of the shapes can be: their variables make no difference.
    pub(super) fn new<'a>(
        sides: &Sides,
        statements: &Bits,
        place: &Place,
        shapes: impl Iterator<Item = &'a Shape>,
    ) -> Self {
        let services = shapes.filter_map(Shape::service).collect();
        let texts = texts(sides, statements, &services);
        let mut out = Self::default();
        for own in &texts {
            for (at, part) in own.template.parts.iter().enumerate() {
                let name = match part {
                    Part::Token(_) => continue,
                    Part::Variable { key, .. } => key.to_ascii_lowercase(),
                    Part::Symbol(text) => text.clone(),
                };
                let near = texts
                    .iter()
                    .filter(|t| t.what == own.what && t.text != own.text);
                let found: Vec<_> = near.filter_map(|other| filling(own, at, other)).collect();
                if let Part::Symbol(_) = part {
                    let known = out.symbols.entry(name).or_default();
                    // Different unknown values are taken to differ: each is what another resource has.
                    known.extend(found.into_iter().filter(|t| !t.contains("${")));
                } else {
                    // Two plain values, for one may be what a pattern names.
                    let plain = || vec![Some(plain(&name, place)), Some("another".to_owned())];
                    let known = out.variables.entry(name.clone()).or_insert_with(plain);
                    known.extend(found.into_iter().map(Some));
                }
            }
        }
        for (key, known) in &mut out.variables {
            let compared = texts
                .iter()
                .filter(|t| t.what == *key && !t.template.has_variables());
            known.extend(compared.map(|t| Some(sample(&t.template))));
            unique(known);
            known.truncate(MOST);
            known.push(None);
        }
        for known in out.symbols.values_mut() {
            unique(known);
            known.truncate(MOST);
        }
        out
    }

    /// Returns the combinations of values of the variables; one without variables if there are none.
    pub(super) fn settings(&self) -> Vec<BTreeMap<String, Option<String>>> {
        let mut out = vec![BTreeMap::new()];
        for (key, values) in &self.variables {
            let next = out.iter().flat_map(|so_far: &BTreeMap<_, _>| {
                values.iter().map(|v| {
                    let mut next = so_far.clone();
                    next.insert(key.clone(), v.clone());
                    next
                })
            });
            out = next.take(COMBINATIONS).collect();
        }
        out
    }
}

fn unique<T: Ord + Clone>(list: &mut Vec<T>) {
    let mut seen = BTreeSet::new();
    list.retain(|x| seen.insert(x.clone()));
}

fn texts<'a>(sides: &Sides<'a>, statements: &Bits, services: &BTreeSet<String>) -> Vec<Spot<'a>> {
    let mut out = Vec::new();
    let mut add = |what: String, text: &'a str, version: Version, operator: Option<Operator>| {
        let resource = operator.is_none();
        let is_plain = operator.is_some_and(|o| PLAIN.contains(&o.base));
        let template = if is_plain {
            Template::plain(text, version)
        } else {
            Template::wild(text, version)
        };
        let template = if resource {
            template.for_resource()
        } else {
            template
        };
        let is_other = |s: &String| !services.contains(s) && !services.contains("");
        if resource && service(&template).as_ref().is_some_and(is_other) {
            return;
        }
        out.push(Spot {
            what,
            template,
            text,
        });
    };
    for term in statements.iter().filter_map(|i| sides.terms.get(i)) {
        for pattern in term.statement.resource.iter().flat_map(|r| &r.patterns) {
            add(String::new(), &pattern.value, term.version, None);
        }
        for condition in &term.statement.conditions {
            let Some(operator) = Operator::parse(&condition.operator.value) else {
                continue;
            };
            for value in &condition.values {
                add(
                    condition.key.value.to_ascii_lowercase(),
                    &value.value,
                    term.version,
                    Some(operator),
                );
            }
        }
    }
    out
}

/// Returns the service that a pattern of resources names; `None` if it may be of several.
fn service(template: &Template) -> Option<String> {
    let mut segments = template
        .parts
        .split(|p| *p == Part::Token(Token::Char(':')));
    let (prefix, partition, service) = (segments.next()?, segments.next()?, segments.next()?);
    // A wildcard that ends a segment may run over colons in the other reading.
    let is_wild =
        |segment: &[Part]| segment.len() > 1 && segment.last() == Some(&Part::Token(Token::Any));
    if is_wild(prefix) || is_wild(partition) {
        return None;
    }
    let character = |p: &Part| match p {
        Part::Token(Token::Char(c)) => Some(*c),
        _ => None,
    };
    service.iter().map(character).collect()
}

/// Returns what the part at `at` would have to be for the pattern to say what another one says.
fn filling(own: &Spot, at: usize, other: &Spot) -> Option<String> {
    if other.template.parts.get(at) == own.template.parts.get(at) {
        return None;
    }
    let (before, rest) = own.template.parts.split_at_checked(at)?;
    let after = rest.get(1..)?;
    let theirs = &other.template.parts;
    let middle = match theirs.strip_prefix(before) {
        Some(rest) => rest,
        // What comes before differs: as a whole it may still do, for example `${bucket}/*`.
        None if before.is_empty() => theirs.as_slice(),
        None => aligned(before, theirs)?,
    };
    let middle = middle.strip_suffix(after).unwrap_or_else(|| {
        // Up to what follows in the own pattern.
        let stop = after.first();
        let end = stop
            .and_then(|s| middle.iter().position(|p| p == s))
            .unwrap_or(middle.len());
        middle.get(..end).unwrap_or_default()
    });
    let text = sample(&Template {
        parts: middle.to_vec(),
    });
    (!text.is_empty()).then_some(text)
}

/// Finds the same segment of another ARN.
fn aligned<'a>(before: &[Part], theirs: &'a [Part]) -> Option<&'a [Part]> {
    let colon = |p: &&Part| **p == Part::Token(Token::Char(':'));
    let colons = before.iter().filter(colon).count();
    let (mut seen, mut from) = (0, 0);
    while seen < colons {
        from += theirs.get(from..)?.iter().position(|p| colon(&p))? + 1;
        seen += 1;
    }
    let own = before.iter().rposition(|p| colon(&p)).map_or(0, |i| i + 1);
    let length = before.len() - own;
    theirs.get(from + length..)
}

/// Returns a text that a template matches.
fn sample(template: &Template) -> String {
    let tokens = template.parts.iter().flat_map(|p| match p {
        Part::Token(t) => vec![*t],
        Part::Symbol(text) => text.chars().map(Token::Char).collect(),
        Part::Variable { .. } => vec![Token::Any],
    });
    Glob::new(&Pattern::new(tokens), Chars::All).sample("x")
}

/// Returns a value that a key used as a variable could have.
fn plain(key: &str, place: &Place) -> String {
    match key {
        "aws:username" => "alice".to_owned(),
        "aws:userid" => "AIDAEXAMPLEALICE00001".to_owned(),
        "aws:principalaccount" => place.account.clone(),
        "aws:principalarn" => format!("arn:{}:iam::{}:user/alice", place.partition, place.account),
        _ => "example".to_owned(),
    }
}
