//! What a comparison finds.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::side::Term;
use crate::iam::{
    ast::{Document, Statement},
    evaluate::{Context, Layer, PolicySet, Request, Values},
};

/// What two sets of policies do not have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What only the new set allows.
    pub new_access: Vec<Difference>,
    /// What only the old set allows.
    pub lost_access: Vec<Difference>,
    /// What cannot be decided, with the reason.
    pub undecided: Vec<Undecided>,
    /// Whether the answer to "is there new access" would be another one if a `*` at the end of an ARN's inner segment ran over colons.
    pub ambiguous: bool,
}

/// Requests that one set of policies allows and the other does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// One such request.
    pub witness: Witness,
    /// All actions of which there is such a request, in the order of the comparison.
    pub actions: Vec<String>,
    /// Why the other set does not allow it.
    pub cause: Cause,
    /// Whether the witness is no difference if a `*` at the end of an ARN's inner segment runs over colons.
    pub ambiguous: bool,
}

/// A request that one set of policies allows and the other does not, as the evaluator confirms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// `service:Action`
    pub action: String,
    /// An ARN or `*`.
    pub resource: String,
    /// The keys that the verdicts need, by the names that the policies give them.
    pub context: BTreeMap<String, Values>,
}

/// What makes the difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// This statement of the one set allows it, and no statement of that layer of the other does.
    Allowed(StatementRef),
    /// This statement of the other set denies it, and none of the one does.
    Denied(StatementRef),
    /// The other set has this layer, which does not allow it, and the one has no such layer.
    Layer(Layer),
}

/// A statement of one of the two sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRef {
    /// The kind of policy.
    pub layer: Layer,
    /// The level of the organisation, from 0; 0 for other policies.
    pub level: usize,
    /// Which policy of its kind or level, from 0.
    pub policy: usize,
    /// Which statement of it as written, from 0.
    pub statement: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
}

/// A statement that only one of two sets has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementChange<'a> {
    /// Whether the new set has it.
    pub is_new: bool,
    /// Where it stands.
    pub place: StatementRef,
    /// The statement.
    pub statement: &'a Statement,
}

/// A question that has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// Whether access may be new (`true`) or lost.
    pub gains: bool,
    /// The actions that it is about.
    pub actions: Vec<String>,
    /// What would make the difference.
    pub cause: Cause,
    /// Why it cannot be decided.
    pub reason: String,
}

impl StatementRef {
    pub(super) fn new(term: &Term) -> Self {
        Self {
            layer: term.layer.layer,
            level: term.layer.level,
            policy: term.policy,
            statement: term.statement.index,
            sid: term.statement.sid.as_ref().map(|s| s.value.clone()),
        }
    }

    /// Returns the policy in which a statement stands.
    pub fn document<'a>(set: &'a PolicySet, place: &Self) -> Option<&'a Document> {
        let list = match place.layer {
            Layer::Identity => set.identity.as_slice(),
            Layer::Boundary => set.boundary.as_slice(),
            Layer::Session => set.session.as_deref()?,
            Layer::Resource => set.resource.as_slice(),
            Layer::Scp => set.scps.as_ref()?.get(place.level)?,
            Layer::Endpoint => set.endpoint.as_slice(),
        };
        list.get(place.policy)
    }

    fn to_json(&self) -> Json {
        json!({"layer": self.layer.name(), "level": self.level, "policy": self.policy, "statement": self.statement, "sid": self.sid})
    }
}

impl Cause {
    fn to_json(&self) -> Json {
        match self {
            Self::Allowed(s) => json!({"allowed_by": s.to_json()}),
            Self::Denied(s) => json!({"denied_by": s.to_json()}),
            Self::Layer(layer) => json!({"layer": layer.name()}),
        }
    }
}

impl Witness {
    /// Makes the request of a principal.
    pub fn request(&self, principal: &str, account: &str) -> Request {
        let mut context = Context::default();
        for (key, values) in &self.context {
            match values.values.as_slice() {
                [one] if !values.multi => context.set(key, one.clone()),
                all => context.set_all(key, all.to_vec()),
            }
        }
        Request {
            principal: principal.to_owned(),
            action: self.action.clone(),
            resource: self.resource.clone(),
            resource_account: Some(account.to_owned()),
            context,
        }
    }

    /// Returns `{action, resource, context}`, the context as lines of requests have it.
    pub fn to_json(&self) -> Json {
        let context: Map<_, _> = self
            .context
            .iter()
            .map(|(key, values)| {
                let value = match values.values.as_slice() {
                    [one] if !values.multi => json!(one),
                    all => json!(all),
                };
                (key.clone(), value)
            })
            .collect();
        json!({"action": self.action, "resource": self.resource, "context": context})
    }
}

impl Comparison {
    /// Tells whether the sets allow the same, for certain.
    pub fn is_equal(&self) -> bool {
        self.new_access.is_empty() && self.lost_access.is_empty() && self.undecided.is_empty()
    }

    /// Tells whether the new set allows more, or may do so.
    pub fn may_gain(&self) -> bool {
        !self.new_access.is_empty() || self.undecided.iter().any(|u| u.gains)
    }

    /// Returns the comparison as one JSON object: `new_access`, `lost_access`, `undecided`, `ambiguous`.
    pub fn to_json(&self) -> Json {
        let difference = |d: &Difference| {
            json!({
                "witness": d.witness.to_json(),
                "actions": d.actions,
                "cause": d.cause.to_json(),
                "ambiguous": d.ambiguous,
            })
        };
        let undecided = |u: &Undecided| {
            json!({
                "direction": if u.gains { "new_access" } else { "lost_access" },
                "actions": u.actions,
                "cause": u.cause.to_json(),
                "reason": u.reason,
            })
        };
        json!({
            "format_version": "1.0",
            "new_access": self.new_access.iter().map(difference).collect::<Vec<_>>(),
            "lost_access": self.lost_access.iter().map(difference).collect::<Vec<_>>(),
            "undecided": self.undecided.iter().map(undecided).collect::<Vec<_>>(),
            "ambiguous": self.ambiguous,
        })
    }
}
