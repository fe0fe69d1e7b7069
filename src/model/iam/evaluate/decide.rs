//! The evaluation logic.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>, with what the
//! pages on resource policies say beyond it.

use super::{
    principal::{Named, Who},
    request::{By, Decision, Layer, PolicySet, Request, Verdict},
    rule::Rule,
};
use crate::iam::{
    ast::{Document, Effect, PrincipalClause, Text},
    pattern::segments,
};

/// The policies that bear on requests, made ready to be asked often.
#[derive(Clone, Debug, Default)]
pub struct Evaluator {
    identity: Vec<Policy>,
    boundary: Option<Policy>,
    session: Option<Vec<Policy>>,
    resource: Option<Policy>,
    scps: Option<Vec<Vec<Policy>>>,
    endpoint: Option<Policy>,
}

#[derive(Clone, Debug)]
struct Policy {
    layer: Layer,
    index: usize,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    rule: Rule,
    principal: Option<PrincipalClause>,
    index: usize,
    sid: Option<Text>,
}

/// A request with what is asked of it for every statement.
struct Asked<'a> {
    request: &'a Request,
    action: String,
    who: Who<'a>,
    has_boundary: bool,
}

/// Decides one request. To decide many with the same policies, make an [`Evaluator`].
pub fn decide(request: &Request, policies: &PolicySet) -> Decision {
    Evaluator::new(policies).decide(request)
}

impl Evaluator {
    /// Makes policies ready.
    pub fn new(policies: &PolicySet) -> Self {
        let all = |layer, documents: &[Document]| {
            documents
                .iter()
                .enumerate()
                .map(|(i, d)| Policy::new(layer, i, d))
                .collect::<Vec<_>>()
        };
        let one = |layer, document: &Option<Document>| {
            document.as_ref().map(|d| Policy::new(layer, 0, d))
        };
        let scps = policies.scps.as_ref().map(|levels| {
            let mut before = 0;
            let mut out = Vec::new();
            for level in levels {
                out.push(
                    level
                        .iter()
                        .enumerate()
                        .map(|(i, d)| Policy::new(Layer::Scp, before + i, d))
                        .collect::<Vec<_>>(),
                );
                before += level.len();
            }
            out
        });
        Self {
            identity: all(Layer::Identity, &policies.identity),
            boundary: one(Layer::Boundary, &policies.boundary),
            session: policies.session.as_ref().map(|s| all(Layer::Session, s)),
            resource: one(Layer::Resource, &policies.resource),
            scps,
            endpoint: one(Layer::Endpoint, &policies.endpoint),
        }
    }

    /// Decides a request.
    pub fn decide(&self, request: &Request) -> Decision {
        let asked = Asked {
            request,
            action: request.action.to_ascii_lowercase(),
            who: Who::new(request),
            has_boundary: self.boundary.is_some(),
        };
        if let Some(by) = self.all().find_map(|p| p.first(&asked, Effect::Deny)) {
            return Decision {
                verdict: Verdict::Deny,
                by: Some(by),
            };
        }
        match self.allowed(&asked) {
            Ok(by) => Decision {
                verdict: Verdict::Allow,
                by: Some(by),
            },
            Err(by) => Decision {
                verdict: Verdict::ImplicitDeny,
                by: Some(by),
            },
        }
    }

    fn all(&self) -> impl Iterator<Item = &Policy> {
        let guards = self
            .scps
            .iter()
            .flatten()
            .flatten()
            .chain(&self.resource)
            .chain(&self.endpoint);
        guards
            .chain(&self.identity)
            .chain(&self.boundary)
            .chain(self.session.iter().flatten())
    }

    /// Returns the statement that allows, or what lacks one. No statement denies.
    fn allowed(&self, asked: &Asked) -> Result<By, By> {
        let mut scp = 0;
        for level in self.scps.iter().flatten() {
            some(level, asked, Layer::Scp, scp)?;
            scp += level.len();
        }
        if let Some(endpoint) = &self.endpoint {
            some(std::slice::from_ref(endpoint), asked, Layer::Endpoint, 0)?;
        }
        let grant = self.resource.as_ref().and_then(|p| p.closest(asked));
        let account = asked.resource_account();
        let is_own = account.is_none() || asked.who.account() == account;
        let by = match (grant, is_own) {
            // Within an account a resource's policy may grant by itself. Who is named itself is not held by the boundary and the session.
            (Some((Named::Itself, by)), true) => return Ok(by),
            (Some((Named::Role | Named::Everyone, by)), true) => by,
            // The policy leaves it to the account.
            (Some((Named::Account, _)), true) | (Some(_), false) => self.identity(asked)?,
            (None, true) if self.resource.is_none() || !asked.needs_resource_policy() => {
                self.identity(asked)?
            }
            (None, false) if self.resource.is_none() => self.identity(asked)?,
            (None, _) => return Err(nobody(Layer::Resource, 0)),
        };
        if let Some(boundary) = &self.boundary {
            some(std::slice::from_ref(boundary), asked, Layer::Boundary, 0)?;
        }
        if let Some(session) = &self.session {
            some(session, asked, Layer::Session, 0)?;
        }
        Ok(by)
    }

    fn identity(&self, asked: &Asked) -> Result<By, By> {
        some(&self.identity, asked, Layer::Identity, 0)
    }
}

/// Returns the first statement that allows, or what to say if there is none.
fn some(policies: &[Policy], asked: &Asked, layer: Layer, index: usize) -> Result<By, By> {
    let first = policies.iter().find_map(|p| p.first(asked, Effect::Allow));
    first.ok_or_else(|| nobody(layer, index))
}

fn nobody(layer: Layer, policy: usize) -> By {
    By {
        layer,
        policy,
        statement: None,
        sid: None,
    }
}

impl Policy {
    fn new(layer: Layer, index: usize, document: &Document) -> Self {
        let entry = |s: &crate::iam::ast::Statement| Entry {
            rule: Rule::new(s, document.version),
            principal: s.principal.clone(),
            index: s.index,
            sid: s.sid.clone(),
        };
        Self {
            layer,
            index,
            entries: document.statements.iter().map(entry).collect(),
        }
    }

    fn by(&self, entry: &Entry) -> By {
        By {
            layer: self.layer,
            policy: self.index,
            statement: Some(entry.index),
            sid: entry.sid.clone(),
        }
    }

    /// Returns the first statement with this effect that applies.
    fn first(&self, asked: &Asked, effect: Effect) -> Option<By> {
        let found = self
            .entries
            .iter()
            .find(|e| e.rule.effect == effect && self.applies(e, asked).is_some());
        found.map(|e| self.by(e))
    }

    /// Returns the statement that allows and names the principal most closely.
    fn closest(&self, asked: &Asked) -> Option<(Named, By)> {
        let mut best: Option<(Named, &Entry)> = None;
        for entry in self
            .entries
            .iter()
            .filter(|e| e.rule.effect == Effect::Allow)
        {
            if let Some(named) = self.applies(entry, asked)
                && best.is_none_or(|(b, _)| named > b)
            {
                best = Some((named, entry));
            }
        }
        best.map(|(named, entry)| (named, self.by(entry)))
    }

    /// Returns how the statement names the principal if it applies.
    fn applies(&self, entry: &Entry, asked: &Asked) -> Option<Named> {
        let has_principal = matches!(self.layer, Layer::Resource | Layer::Endpoint);
        // Only a trust policy has no resource: it stands on it.
        if !entry.rule.has_resource() && self.layer != Layer::Resource {
            return None;
        }
        let named = match &entry.principal {
            Some(clause) if has_principal => asked.who.named(clause, asked.has_boundary)?,
            None if has_principal => return None,
            _ => Named::Itself,
        };
        entry
            .rule
            .applies_to(&asked.action, asked.request)
            .then_some(named)
    }
}

impl<'a> Asked<'a> {
    fn resource_account(&self) -> Option<&'a str> {
        let told = self.request.resource_account.as_deref();
        let in_arn = || segments(&self.request.resource).map(|p| p[4]);
        told.or_else(in_arn).filter(|a| !a.is_empty())
    }

    /// The policy of a KMS key and the trust policy of a role must allow; policies of the principal alone are not enough.
    fn needs_resource_policy(&self) -> bool {
        self.action.starts_with("kms:") || self.action.starts_with("sts:assumerole")
    }
}
