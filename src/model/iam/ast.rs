//! A policy document as AWS reads it, every part with its place in the text.
//!
//! The other reading, [`Policy`](super::Policy), is that of the AWS provider: it decides what a plan shows. This one decides what
//! a policy allows.

use std::ops::Range;

/// A text and its bytes in the policy text, the quotes included.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text {
    /// The text without its escapes.
    pub value: String,
    /// Where it stands. Empty for texts that were not read.
    pub span: Range<usize>,
}

impl Text {
    /// Makes a text that stands nowhere.
    pub fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            span: 0..0,
        }
    }
}

/// The version of the policy language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// `2008-10-17`, which also holds where no version is given: `${…}` is literal text.
    #[default]
    V2008,
    /// `2012-10-17`: policy variables are replaced.
    V2012,
}

impl Version {
    /// Returns the version as policies write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}

/// A policy document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// `Version`
    pub version: Version,
    /// Where `Version` is written; `None` if it is not.
    pub version_span: Option<Range<usize>>,
    /// `Id`
    pub id: Option<Text>,
    /// `Statement`, in the order of the text.
    pub statements: Vec<Statement>,
    /// The whole object.
    pub span: Range<usize>,
}

/// What a statement does where it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

impl Effect {
    /// Returns the effect as policies write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The object.
    pub span: Range<usize>,
    /// Its index among the document's statements as written, from 0.
    pub index: usize,
    /// `Sid`
    pub sid: Option<Text>,
    /// `Effect`
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`
    pub principal: Option<PrincipalClause>,
    /// `Action` or `NotAction`. A statement without one has a clause without patterns, which matches nothing, and a problem.
    pub action: Clause,
    /// `Resource` or `NotResource`
    pub resource: Option<Clause>,
    /// `Condition`: all must hold.
    pub conditions: Vec<Condition>,
}

/// A list of patterns, or everything but these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clause {
    /// Whether the element begins with `Not`.
    pub negated: bool,
    /// The patterns.
    pub patterns: Vec<Text>,
    /// The value of the element (without its name).
    pub span: Range<usize>,
}

/// Who a statement of a resource-based policy is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrincipalClause {
    /// Whether the element is `NotPrincipal`.
    pub negated: bool,
    /// The principals.
    pub entries: Vec<PrincipalEntry>,
    /// The value of the element (without its name).
    pub span: Range<usize>,
}

/// A principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrincipalEntry {
    /// What kind of principal.
    pub kind: PrincipalKind,
    /// ARN, account, service name, …
    pub value: Text,
}

/// The kinds of principals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PrincipalKind {
    /// `"Principal": "*"`
    Any,
    /// `AWS`
    Aws,
    /// `Service`
    Service,
    /// `Federated`
    Federated,
    /// `CanonicalUser`
    CanonicalUser,
}

impl PrincipalKind {
    /// Returns the member's name in `Principal`; `*` for any.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "*",
            Self::Aws => "AWS",
            Self::Service => "Service",
            Self::Federated => "Federated",
            Self::CanonicalUser => "CanonicalUser",
        }
    }
}

/// One operator on one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// For example `ForAnyValue:StringLike`, as written.
    pub operator: Text,
    /// For example `aws:TagKeys`, as written.
    pub key: Text,
    /// What the key is compared with; booleans and numbers as they are written.
    pub values: Vec<Text>,
    /// The values.
    pub span: Range<usize>,
}
