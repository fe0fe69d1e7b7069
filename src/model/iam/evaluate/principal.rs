//! Who a statement of a resource's or an endpoint's policy is about.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use super::request::Request;
use crate::iam::{
    ast::{PrincipalClause, PrincipalEntry, PrincipalKind},
    pattern::segments,
};

/// How a policy names a principal, from the loosest to the closest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// Its account, which leaves the decision to that account's own policies.
    Account,
    /// Everyone.
    Everyone,
    /// The role of its session.
    Role,
    /// Itself: the user, the session, the service.
    Itself,
}

/// The principal of a request, taken apart.
#[derive(Clone, Debug)]
pub(super) struct Who<'a> {
    arn: &'a str,
    account: Option<&'a str>,
    partition: &'a str,
    /// The role of a session, by name.
    role: Option<&'a str>,
    /// The ARN of the role with its path, if the request tells it.
    role_arn: Option<&'a str>,
    /// The unique id, if the request tells it: `AIDA…` or `AROA…:session`.
    id: Option<&'a str>,
}

impl<'a> Who<'a> {
    /// Takes the principal of a request apart.
    pub(super) fn new(request: &'a Request) -> Self {
        let arn = request.principal.as_str();
        let parts = segments(arn);
        let session = parts
            .filter(|p| p[2] == "sts")
            .and_then(|p| p[5].strip_prefix("assumed-role/"));
        let role = session.and_then(|s| s.split('/').next());
        let told = request.context.variable("aws:principalarn");
        let is_role_arn = |a: &&str| {
            let name = segments(a).and_then(|p| p[5].strip_prefix("role/"));
            role.is_some() && name.and_then(|n| n.rsplit('/').next()) == role
        };
        Self {
            arn,
            account: parts.map(|p| p[4]).filter(|a| !a.is_empty()),
            partition: parts.map_or("", |p| p[1]),
            role,
            role_arn: told.filter(is_role_arn),
            id: request.context.variable("aws:userid"),
        }
    }

    /// Returns the principal's account.
    pub(super) fn account(&self) -> Option<&'a str> {
        self.account
    }

    /// Returns how closely the clause names the principal; for `NotPrincipal` whether it leaves the principal out. `None`: it is not about it.
    pub(super) fn named(&self, clause: &PrincipalClause, has_boundary: bool) -> Option<Named> {
        if !clause.negated {
            return clause.entries.iter().filter_map(|e| self.entry(e)).max();
        }
        // AWS does not exempt a principal with a permissions boundary, whatever `NotPrincipal` lists.
        let exempt = clause.entries.iter().any(|e| self.entry(e).is_some());
        (!exempt || has_boundary).then_some(Named::Everyone)
    }

    fn entry(&self, entry: &PrincipalEntry) -> Option<Named> {
        let value = entry.value.value.as_str();
        match entry.kind {
            PrincipalKind::Any => Some(Named::Everyone),
            PrincipalKind::Aws if value == "*" => Some(Named::Everyone),
            PrincipalKind::Aws => self.aws(value),
            PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::CanonicalUser => {
                (value == self.arn).then_some(Named::Itself)
            }
        }
    }

    fn aws(&self, value: &str) -> Option<Named> {
        if value == self.arn {
            return Some(Named::Itself);
        }
        let Some(parts) = segments(value) else {
            if self.account == Some(value) {
                return Some(Named::Account);
            }
            return self.unique_id(value);
        };
        let [_, partition, service, _, account, resource] = parts;
        if service != "iam" || partition != self.partition || self.account != Some(account) {
            return None;
        }
        if resource == "root" {
            return Some(Named::Account);
        }
        let name = resource.strip_prefix("role/")?.rsplit('/').next();
        let is_role = self
            .role_arn
            .map_or(self.role.is_some() && name == self.role, |told| {
                told == value
            });
        is_role.then_some(Named::Role)
    }

    /// AWS stores the unique id in place of a user or role that was deleted.
    fn unique_id(&self, value: &str) -> Option<Named> {
        match self.id?.split_once(':') {
            Some((role, _)) => (role == value).then_some(Named::Role),
            None => (self.id == Some(value)).then_some(Named::Itself),
        }
    }
}
