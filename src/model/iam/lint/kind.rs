//! What a policy is for, which decides how long it may be and what it must hold.

use super::super::ast::{Document, PrincipalKind};

/// What a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A managed policy.
    Managed,
    /// Part of a user.
    InlineUser,
    /// Part of a role.
    InlineRole,
    /// Part of a group.
    InlineGroup,
    /// Given when a session begins.
    Session,
    /// A service-control policy of an organisation.
    ServiceControl,
    /// Who may take on a role.
    Trust,
    /// Of an S3 bucket.
    Bucket,
    /// Of a KMS key.
    Key,
    /// Of a VPC endpoint.
    Endpoint,
    /// Of another resource.
    Resource,
}

/// The names that the command line takes.
const NAMES: &[(&str, Kind)] = &[
    ("managed", Kind::Managed),
    ("inline-user", Kind::InlineUser),
    ("inline-role", Kind::InlineRole),
    ("inline-group", Kind::InlineGroup),
    ("session", Kind::Session),
    ("scp", Kind::ServiceControl),
    ("trust", Kind::Trust),
    ("bucket", Kind::Bucket),
    ("key", Kind::Key),
    ("endpoint", Kind::Endpoint),
    ("resource", Kind::Resource),
];

impl Kind {
    /// Reads a name such as `inline-role`.
    pub fn parse(name: &str) -> Option<Self> {
        NAMES.iter().find(|(n, _)| *n == name).map(|(_, k)| *k)
    }

    /// Returns all names that [`Self::parse`] takes, with their kinds.
    pub fn names() -> &'static [(&'static str, Self)] {
        NAMES
    }

    /// Guesses what a policy is for: one with principals belongs to a resource, any other is a managed policy.
    pub fn guess(document: &Document) -> Self {
        if document.statements.iter().all(|s| s.principal.is_none()) {
            return Self::Managed;
        }
        let patterns = || {
            document
                .statements
                .iter()
                .flat_map(|s| &s.action.patterns)
                .map(|p| p.value.to_ascii_lowercase())
        };
        let of = |service: &str| {
            patterns().next().is_some() && patterns().all(|p| p.starts_with(service))
        };
        let is_open = document.statements.iter().any(|s| {
            s.principal.as_ref().is_some_and(|p| {
                p.entries
                    .iter()
                    .any(|e| e.kind == PrincipalKind::Any || e.value.value == "*")
            })
        });
        match () {
            () if of("sts:") => Self::Trust,
            () if of("s3:") => Self::Bucket,
            () if of("kms:") && !is_open => Self::Key,
            () => Self::Resource,
        }
    }

    /// Tells whether it says what its owner may do; such a policy has no principals.
    pub fn is_identity(self) -> bool {
        matches!(
            self,
            Self::Managed
                | Self::InlineUser
                | Self::InlineRole
                | Self::InlineGroup
                | Self::Session
                | Self::ServiceControl
        )
    }

    /// Tells whether it gives rights to a user, role or group; a service-control policy only takes them.
    pub fn grants(self) -> bool {
        self.is_identity() && self != Self::ServiceControl
    }

    /// Tells whether IAM keeps it, which is stricter about names of statements than other services.
    pub fn is_of_iam(self) -> bool {
        matches!(
            self,
            Self::Managed | Self::InlineUser | Self::InlineRole | Self::InlineGroup | Self::Trust
        )
    }
}
