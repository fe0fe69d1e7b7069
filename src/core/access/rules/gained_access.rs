//! `gained_access`: a path that the plan opens.

use super::{Found, Planned, Rule};
use crate::access::change::ChangeKind;

pub(super) fn find(rule: &Rule, planned: &Planned<'_>) -> Found {
    let gained = planned
        .changes
        .iter()
        .filter(|c| c.kind == ChangeKind::Gained && rule.covers(c.key.method));
    let about = gained.filter(|c| {
        planned
            .estate
            .roles
            .values()
            .any(|r| r.address == c.key.principal && rule.is_about(r))
    });
    about
        .map(|c| {
            (
                c.key.principal.clone(),
                format!("gains {} to {}", c.key.method.name(), c.key.instance),
            )
        })
        .collect()
}
