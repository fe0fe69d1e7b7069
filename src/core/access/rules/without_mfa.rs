//! `access_without_mfa`: a path that leads through in a session without a second factor.
//!
//! A factor may be asked for by the role's trust policy or by what it may do; so the paths are judged again for a session
//! that says that it has none (IAM User Guide, "Configuring MFA-protected API access").

use bastionless_model::iam::{
    ast::{Document, Effect},
    evaluate::{Check, Context},
};

use super::{Found, Planned, Rule};
use crate::access::{hop::Verdict, path::Analysis};

/// The key that tells whether the session was begun with a second factor.
const MFA: &str = "aws:MultiFactorAuthPresent";

pub(super) fn find(rule: &Rule, planned: &Planned<'_>) -> Found {
    let mut without = Context::default();
    without.set(MFA, "false");
    let analysis = Analysis::assuming(planned.estate, &without);
    let mut out = Vec::new();
    for role in rule
        .principals(planned.estate)
        .filter(|r| r.is_holder || !trust_needs_mfa(&r.trust, &without))
    {
        for path in analysis
            .of(role)
            .into_iter()
            .filter(|p| rule.covers(p.method) && p.verdict() != Verdict::Blocked)
        {
            out.push((
                role.address.clone(),
                format!(
                    "{} to {} needs no second factor",
                    path.method.name(),
                    path.instance
                ),
            ));
        }
    }
    out
}

/// Tells whether nobody but services assumes the role without a second factor.
fn trust_needs_mfa(trust: &Document, without: &Context) -> bool {
    let users = trust.statements.iter().filter(|s| {
        s.effect == Effect::Allow
            && s.principal.iter().any(|p| {
                p.entries
                    .iter()
                    .any(|e| e.kind != bastionless_model::iam::ast::PrincipalKind::Service)
            })
    });
    let mut users = users.peekable();
    users.peek().is_some()
        && users.all(|s| {
            let about = s
                .conditions
                .iter()
                .filter(|c| c.key.value.eq_ignore_ascii_case(MFA));
            about
                .into_iter()
                .any(|c| !Check::new(c, trust.version).holds(without))
        })
}
