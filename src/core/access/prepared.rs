//! Statements, prepared to be asked often, and what they say of a request that is only half known.

use std::cell::RefCell;

use bastionless_model::iam::{
    ast::{Condition, Document, Effect, Statement, Version},
    catalogue::{Catalogue, is_key},
    evaluate::{Check, Context},
    pattern::{ArnPattern, Pattern},
    template::{Part, Template},
};

use super::{open::Open, permit::Asked};

/// A statement, prepared to be asked often.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    at: &'a str,
    /// Its conditions are not to be shown.
    is_secret: bool,
    pub(super) statement: &'a Statement,
    actions: Vec<Pattern>,
    resources: Vec<(Template, Option<ArnPattern>)>,
    conditions: Vec<Prerequisite<'a>>,
}

/// A condition, prepared.
#[derive(Debug)]
struct Prerequisite<'a> {
    condition: &'a Condition,
    version: Version,
    check: Check,
    /// The values that hold policy variables.
    templates: Vec<Template>,
    /// Whether a request for an action may hold the key: the catalogue is asked once an action.
    may_have: RefCell<Vec<(&'static str, bool)>>,
}

/// Which of a policy's statements apply.
#[derive(Default)]
pub(super) struct Outcome<'p> {
    /// Those that allow, under which conditions; the fewest conditions first.
    pub(super) allowed: Vec<(String, Vec<Open<'p>>)>,
    pub(super) denied: Option<String>,
    pub(super) unless: Vec<Vec<Open<'p>>>,
}

pub(super) enum Applies<'p> {
    No,
    Yes,
    If(Vec<Open<'p>>),
}

enum Holds {
    Yes,
    No,
    Open,
}

pub(super) fn prepare<'a>(
    at: &'a str,
    is_secret: bool,
    document: &'a Document,
) -> impl Iterator<Item = Prepared<'a>> {
    document.statements.iter().map(move |statement| {
        let actions = statement
            .action
            .patterns
            .iter()
            .map(|p| Pattern::wild(&p.value).lower())
            .collect();
        let resources = statement
            .resource
            .iter()
            .flat_map(|c| &c.patterns)
            .map(|p| {
                let template = Template::wild(&p.value, document.version).for_resource();
                let fixed = (!template.has_variables())
                    .then(|| template.fill(|_| None))
                    .flatten();
                (template, fixed.map(|p| ArnPattern::resource(&p)))
            });
        let conditions = statement
            .conditions
            .iter()
            .map(|c| Prerequisite::new(c, document.version))
            .collect();
        Prepared {
            at,
            is_secret,
            statement,
            actions,
            resources: resources.collect(),
            conditions,
        }
    })
}

pub(super) fn judge<'p: 'q, 'q>(
    statements: impl Iterator<Item = &'q Prepared<'p>>,
    asked: &Asked<'_>,
) -> Outcome<'p> {
    let mut out = Outcome::default();
    for prepared in statements {
        match (prepared.statement.effect, prepared.applies(asked)) {
            (_, Applies::No) => {}
            (Effect::Deny, Applies::Yes) => out.denied = Some(prepared.name()),
            (Effect::Deny, Applies::If(open)) => out.unless.push(open),
            (Effect::Allow, Applies::Yes) => out.allowed.push((prepared.name(), Vec::new())),
            (Effect::Allow, Applies::If(open)) => out.allowed.push((prepared.name(), open)),
        }
    }
    out.allowed.sort_by_key(|(_, open)| open.len());
    out
}

impl<'p> Prepared<'p> {
    pub(super) fn name(&self) -> String {
        let sid = self.statement.sid.as_ref().map_or_else(
            || format!("statement {}", self.statement.index),
            |s| s.value.clone(),
        );
        if self.at.is_empty() {
            sid
        } else {
            format!("{} ({sid})", self.at)
        }
    }

    pub(super) fn applies(&self, asked: &Asked<'_>) -> Applies<'p> {
        if self.actions.iter().any(|p| p.matches(&asked.action)) == self.statement.action.negated {
            return Applies::No;
        }
        let mut open = Vec::new();
        if let Some(clause) = &self.statement.resource {
            match self.resource(asked) {
                Holds::Yes if clause.negated => return Applies::No,
                Holds::No if !clause.negated => return Applies::No,
                Holds::Open => open.push(Open {
                    condition: None,
                    is_secret: self.is_secret,
                }),
                _ => {}
            }
        }
        for condition in &self.conditions {
            match condition.holds(asked) {
                Some(true) => {}
                Some(false) => return Applies::No,
                None => open.push(Open {
                    condition: Some((condition.condition, condition.version)),
                    is_secret: self.is_secret,
                }),
            }
        }
        if open.is_empty() {
            Applies::Yes
        } else {
            Applies::If(open)
        }
    }

    fn resource(&self, asked: &Asked<'_>) -> Holds {
        let mut is_open = false;
        for (template, pattern) in &self.resources {
            let filled;
            let pattern = match pattern {
                Some(pattern) => pattern,
                None => match template.fill(|key| asked.value(key)) {
                    Some(text) => {
                        filled = ArnPattern::resource(&text);
                        &filled
                    }
                    None => {
                        let widened = template.parts.iter().map(|p| match p {
                            Part::Token(t) => *t,
                            _ => bastionless_model::iam::pattern::Token::Any,
                        });
                        is_open |= ArnPattern::resource(&Pattern::new(widened))
                            .matches(&asked.question.resource);
                        continue;
                    }
                },
            };
            if pattern.matches(&asked.question.resource) {
                return Holds::Yes;
            }
        }
        if is_open { Holds::Open } else { Holds::No }
    }
}

impl<'a> Prerequisite<'a> {
    fn new(condition: &'a Condition, version: Version) -> Self {
        let templates = condition
            .values
            .iter()
            .map(|v| Template::wild(&v.value, version))
            .filter(Template::has_variables);
        Self {
            condition,
            version,
            check: Check::new(condition, version),
            templates: templates.collect(),
            may_have: RefCell::default(),
        }
    }

    /// Tells whether it holds; `None` where that depends on what is not known of the request.
    fn holds(&self, asked: &Asked<'_>) -> Option<bool> {
        let is_filled = self
            .templates
            .iter()
            .all(|t| t.fill(|k| asked.value(k)).is_some());
        if !is_filled || !self.is_known(asked) {
            return None;
        }
        if !self.templates.is_empty() {
            return Some(self.check.holds(asked.context()));
        }
        // Without variables a condition asks for its own key only.
        let key = self.check.key();
        let mut context = Context::default();
        if let Some(value) = asked.value(key) {
            context.set(key, value);
        }
        Some(self.check.holds(&context))
    }

    /// Tells whether it is known what the request holds for the key, be it nothing.
    fn is_known(&self, asked: &Asked<'_>) -> bool {
        let key = self.check.key();
        let is_tag = || {
            ["aws:resourcetag/", "ec2:resourcetag/", "ssm:resourcetag/"]
                .iter()
                .any(|p| key.starts_with(p))
        };
        asked.value(key).is_some()
            || asked.question.has_tags && is_tag()
            || !self.may_have(asked.question.action)
    }

    fn may_have(&self, action: &'static str) -> bool {
        let mut known = self.may_have.borrow_mut();
        if let Some((_, may)) = known.iter().find(|(a, _)| *a == action) {
            return *may;
        }
        let may = may_have(action, self.check.key());
        known.push((action, may));
        may
    }
}

/// Tells whether a request for an action may hold a key.
fn may_have(action: &str, key: &str) -> bool {
    let catalogue = Catalogue::get();
    let lower = key.to_ascii_lowercase();
    let is_global =
        catalogue.global_keys.contains_key(&lower) || lower.starts_with("aws:principaltag/");
    let of_tags = lower.starts_with("aws:resourcetag/") || lower.starts_with("aws:requesttag/");
    match catalogue.action(action) {
        Some(action) => {
            is_global && !of_tags
                || catalogue
                    .keys_of(action, None)
                    .iter()
                    .any(|k| is_key(k, key))
        }
        None => true,
    }
}
