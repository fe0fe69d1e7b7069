//! Two sets of policies as numbered statements in layers.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    encode::{is_contested, loose},
    glob::FIRST_SYMBOL,
};
use crate::iam::{
    ast::{Clause, Condition, Document, Effect, Statement, Text, Version},
    evaluate::{Layer, PolicySet, Request, Rule, Verdict, decide},
    template::{Part, Template},
};

/// A list of policies of which one must allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LayerKey {
    /// What kind of policies.
    pub(super) layer: Layer,
    /// The level of the organisation; 0 elsewhere.
    pub(super) level: usize,
}

/// A statement with its place.
#[derive(Clone, Debug)]
pub(super) struct Term<'a> {
    pub(super) layer: LayerKey,
    /// Which policy of its layer.
    pub(super) policy: usize,
    pub(super) version: Version,
    pub(super) statement: &'a Statement,
    /// The patterns of its resource clause.
    pub(super) resources: Option<(bool, Vec<Template>)>,
    /// Whether it is about the principal. Only endpoint policies are asked: policies of a principal name none.
    pub(super) is_about: bool,
    /// What it says without regard to places, order and spelling of names.
    pub(super) meaning: String,
}

/// One of the two sets: its statements by their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Side {
    /// By layer: the statements that allow. A layer without statements allows nothing.
    pub(super) layers: BTreeMap<LayerKey, Vec<usize>>,
    /// The statements that deny.
    pub(super) denies: Vec<usize>,
}

impl Side {
    /// Returns the numbers of all its statements.
    pub(super) fn all(&self) -> BTreeSet<usize> {
        self.layers
            .values()
            .flatten()
            .chain(&self.denies)
            .copied()
            .collect()
    }
}

/// Both sets.
#[derive(Debug, Default)]
pub(super) struct Sides<'a> {
    pub(super) terms: Vec<Term<'a>>,
    pub(super) old: Side,
    pub(super) new: Side,
    /// Unknown values, each with the character that stands for it.
    pub(super) symbols: BTreeMap<String, char>,
}

impl<'a> Sides<'a> {
    pub(super) fn new(old: &'a PolicySet, new: &'a PolicySet) -> Self {
        let mut out = Self::default();
        out.old = out.side(old);
        out.new = out.side(new);
        out
    }

    fn side(&mut self, set: &'a PolicySet) -> Side {
        let mut side = Side::default();
        let key = |layer, level| LayerKey { layer, level };
        self.layer(&mut side, key(Layer::Identity, 0), &set.identity);
        if let Some(document) = &set.boundary {
            self.layer(
                &mut side,
                key(Layer::Boundary, 0),
                std::slice::from_ref(document),
            );
        }
        if let Some(documents) = &set.session {
            self.layer(&mut side, key(Layer::Session, 0), documents);
        }
        for (level, documents) in set.scps.iter().flatten().enumerate() {
            self.layer(&mut side, key(Layer::Scp, level), documents);
        }
        if let Some(document) = &set.endpoint {
            self.layer(
                &mut side,
                key(Layer::Endpoint, 0),
                std::slice::from_ref(document),
            );
        }
        side
    }

    fn layer(&mut self, side: &mut Side, key: LayerKey, documents: &'a [Document]) {
        let mut allows = Vec::new();
        for (policy, document) in documents.iter().enumerate() {
            for statement in &document.statements {
                let number = self.terms.len();
                match statement.effect {
                    Effect::Allow => allows.push(number),
                    Effect::Deny => side.denies.push(number),
                }
                let term = self.term(key, policy, document.version, statement);
                self.terms.push(term);
            }
        }
        side.layers.insert(key, allows);
    }

    fn term(
        &mut self,
        layer: LayerKey,
        policy: usize,
        version: Version,
        statement: &'a Statement,
    ) -> Term<'a> {
        let resources = statement.resource.as_ref().map(|clause| {
            let templates = clause
                .patterns
                .iter()
                .map(|p| Template::wild(&p.value, version).for_resource());
            (clause.negated, templates.collect::<Vec<_>>())
        });
        let values = statement
            .conditions
            .iter()
            .flat_map(|c| &c.values)
            .map(|v| Template::wild(&v.value, version));
        let of_resources = resources.iter().flat_map(|(_, t)| t).cloned();
        for part in of_resources.chain(values).flat_map(|t| t.parts) {
            if let Part::Symbol(text) = part {
                let next = u32::try_from(self.symbols.len()).unwrap_or_default();
                let next = char::from_u32(u32::from(FIRST_SYMBOL) + next).unwrap_or(FIRST_SYMBOL);
                self.symbols.entry(text).or_insert(next);
            }
        }
        Term {
            layer,
            policy,
            version,
            statement,
            resources,
            is_about: true,
            meaning: meaning(version, statement),
        }
    }

    /// Finds out which statements of endpoint policies are about the principal.
    pub(super) fn ask_about(&mut self, principal: &str, old: &PolicySet, new: &PolicySet) {
        let of_old = self.old.all();
        for (number, term) in self.terms.iter_mut().enumerate() {
            if term.layer.layer == Layer::Endpoint {
                let set = if of_old.contains(&number) { old } else { new };
                term.is_about = names(term.statement, principal, set.boundary.is_some());
            }
        }
    }

    /// Tells whether both sets have the same layers with statements of the same meaning.
    pub(super) fn same(&self) -> bool {
        let meanings = |side: &Side| {
            let terms = side
                .all()
                .into_iter()
                .filter_map(|n| self.terms.get(n))
                .map(|t| (t.layer, t.meaning.as_str()));
            (
                side.layers.keys().copied().collect::<Vec<_>>(),
                terms.collect::<BTreeSet<_>>(),
            )
        };
        meanings(&self.old) == meanings(&self.new)
    }

    /// Tells whether a pattern of a resource has two readings.
    pub(super) fn contested(&self) -> bool {
        let templates = self
            .terms
            .iter()
            .filter_map(|t| t.resources.as_ref())
            .flat_map(|(_, t)| t);
        templates
            .into_iter()
            .any(|t| t.fill(|_| Some("x")).is_some_and(|p| is_contested(&p)))
    }

    /// Decides a request as the evaluator does, save that contested wildcards run over colons.
    pub(super) fn loosely_allows(&self, side: &Side, request: &Request) -> bool {
        let applies = |n: &usize| {
            let Some(term) = self.terms.get(*n) else {
                return false;
            };
            let rule = Rule::new(term.statement, term.version);
            let Some((negated, templates)) = term.resources.as_ref().filter(|_| term.is_about)
            else {
                return false;
            };
            let matches = |t: &Template| {
                let pattern = t.fill(|key| request.context.variable(key));
                pattern.is_some_and(|p| p.is_any() || loose(&p).matches(&request.resource))
            };
            rule.action_matches(&request.action)
                && rule.conditions_hold(&request.context)
                && !templates.is_empty()
                && templates.iter().any(matches) != *negated
        };
        !side.denies.iter().any(applies) && side.layers.values().all(|l| l.iter().any(applies))
    }

    /// Puts the texts of unknown values in place of the characters that stand for them.
    pub(super) fn spell(&self, text: &str) -> String {
        let name = |c: char| {
            self.symbols
                .iter()
                .find(|(_, own)| **own == c)
                .map(|(text, _)| text.as_str())
        };
        if self.symbols.is_empty() {
            return text.to_owned();
        }
        text.chars().fold(String::new(), |mut out, c| {
            match name(c) {
                Some(text) => out.push_str(text),
                None => out.push(c),
            }
            out
        })
    }
}

/// Asks the evaluator whether a statement of an endpoint policy is about a principal.
fn names(statement: &Statement, principal: &str, has_boundary: bool) -> bool {
    let everything = || Clause {
        negated: false,
        patterns: vec![Text::new("*")],
        span: 0..0,
    };
    let all = Statement {
        effect: Effect::Allow,
        action: everything(),
        resource: Some(everything()),
        conditions: Vec::new(),
        ..statement.clone()
    };
    let document = Document {
        version: Version::V2012,
        statements: vec![all],
        ..Document::default()
    };
    let set = PolicySet {
        identity: vec![document.clone()],
        boundary: has_boundary.then(|| document.clone()),
        endpoint: Some(document),
        ..PolicySet::default()
    };
    let request = Request {
        principal: principal.to_owned(),
        action: "a:A".to_owned(),
        resource: "*".to_owned(),
        ..Request::default()
    };
    decide(&request, &set).verdict == Verdict::Allow
}

/// Prints what decides about a statement's meaning, in an order of its own.
fn meaning(version: Version, statement: &Statement) -> String {
    let clause = |clause: &Clause, fold: bool| {
        let mut texts: Vec<_> = clause
            .patterns
            .iter()
            .map(|p| {
                if fold {
                    p.value.to_lowercase()
                } else {
                    p.value.clone()
                }
            })
            .collect();
        texts.sort();
        texts.dedup();
        format!("{}{texts:?}", clause.negated)
    };
    let condition = |c: &Condition| {
        let mut values: Vec<_> = c.values.iter().map(|v| &v.value).collect();
        values.sort();
        format!(
            "{} {} {values:?}",
            c.operator.value.to_lowercase(),
            c.key.value.to_lowercase()
        )
    };
    let mut conditions: Vec<_> = statement.conditions.iter().map(condition).collect();
    conditions.sort();
    let principal = statement.principal.as_ref().map(|p| {
        let mut entries: Vec<_> = p.entries.iter().map(|e| (e.kind, &e.value.value)).collect();
        entries.sort();
        (p.negated, format!("{entries:?}"))
    });
    let resource = statement.resource.as_ref().map(|r| clause(r, false));
    // The version matters only where it decides how `${` is read.
    let text = format!(
        "{:?} {principal:?} {} {resource:?} {conditions:?}",
        statement.effect,
        clause(&statement.action, true)
    );
    if text.contains("${") {
        format!("{text} {}", version.name())
    } else {
        text
    }
}
