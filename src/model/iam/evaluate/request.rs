//! What is asked and what is answered.

use std::collections::BTreeMap;

use crate::iam::{
    ast::{Document, Text},
    catalogue::Catalogue,
};

/// A request as a service puts it to IAM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The ARN of a user, or of a role's session (`arn:aws:sts::…:assumed-role/ROLE/SESSION`).
    pub principal: String,
    /// `service:Action`
    pub action: String,
    /// The ARN of the resource; `*` for an action that has none.
    pub resource: String,
    /// The account that owns the resource, for ARNs that name none (S3); else it is taken from the ARN.
    pub resource_account: Option<String>,
    /// The request's keys. It is complete: nothing is derived from the principal or the clock.
    pub context: Context,
}

/// The condition keys of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Values by lower-case name.
    entries: BTreeMap<String, Values>,
}

/// The values of a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The values as texts.
    pub values: Vec<String>,
    /// Whether the key is one that may have several values, even if it now has one.
    pub multi: bool,
}

impl Context {
    /// Sets a key with one value.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.entries.insert(
            key.to_ascii_lowercase(),
            Values {
                values: vec![value.into()],
                multi: false,
            },
        );
    }

    /// Sets a key that may have several values.
    pub fn set_all(&mut self, key: &str, values: Vec<String>) {
        self.entries.insert(
            key.to_ascii_lowercase(),
            Values {
                values,
                multi: true,
            },
        );
    }

    /// Adds a value to a key. A second value makes it one that may have several; so does AWS's catalogue.
    pub fn add(&mut self, key: &str, value: impl Into<String>) {
        let is_multi = || Catalogue::get().key(key).is_some_and(|k| k.multi);
        let values = self.entries.entry(key.to_ascii_lowercase()).or_default();
        values.values.push(value.into());
        values.multi = values.values.len() > 1 || is_multi();
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) {
        self.entries.remove(&key.to_ascii_lowercase());
    }

    /// Returns the values of a key; its letter case does not matter.
    pub fn get(&self, key: &str) -> Option<&Values> {
        if key.bytes().any(|b| b.is_ascii_uppercase()) {
            self.entries.get(&key.to_ascii_lowercase())
        } else {
            self.entries.get(key)
        }
    }

    /// Returns all keys, by lower-case name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Values)> {
        self.entries.iter().map(|(k, v)| (k.as_str(), v))
    }
}

/// The policies that bear on a request. A missing layer does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicySet {
    /// Policies of the principal: of the user and its groups, or of the role.
    pub identity: Vec<Document>,
    /// The permissions boundary.
    pub boundary: Option<Document>,
    /// The session policies that were given when the session was made: together they must allow.
    pub session: Option<Vec<Document>>,
    /// The policy of the resource: a bucket's, a key's, a role's trust policy.
    pub resource: Option<Document>,
    /// Service control policies, one list a level of the organisation: every level must allow.
    pub scps: Option<Vec<Vec<Document>>>,
    /// The policy of the VPC endpoint that the request passes.
    pub endpoint: Option<Document>,
}

/// The answer, with what decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is allowed.
    pub verdict: Verdict,
    /// The statement that allows or denies; for [`Verdict::ImplicitDeny`] the layer that does not allow, without a statement. Where
    /// several statements deny it is the first in this order: service control, resource, endpoint, identity, boundary, session.
    pub by: Option<By>,
}

/// Whether a request is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Allowed.
    Allow,
    /// A statement denies it.
    Deny,
    /// No statement of some layer allows it.
    ImplicitDeny,
}

impl Verdict {
    /// Returns `allow`, `deny` or `implicit_deny`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::ImplicitDeny => "implicit_deny",
        }
    }
}

/// The kinds of policies that bear on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// Policies of the principal.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
    /// The policy of the resource.
    Resource,
    /// Service control policies.
    Scp,
    /// The policy of the VPC endpoint.
    Endpoint,
}

impl Layer {
    /// Returns the member's name in a line of requests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Resource => "resource_policy",
            Self::Scp => "scps",
            Self::Endpoint => "endpoint",
        }
    }

    /// Returns what one of its policies is called.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Identity => "identity policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Resource => "resource policy",
            Self::Scp => "service control policy",
            Self::Endpoint => "endpoint policy",
        }
    }
}

/// What decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The kind of policy.
    pub layer: Layer,
    /// Which of its policies, from 0, counted over all levels.
    pub policy: usize,
    /// Which statement of it as written, from 0; `None` where no statement allows.
    pub statement: Option<usize>,
    /// Its `Sid`.
    pub sid: Option<Text>,
}
