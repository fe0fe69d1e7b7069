//! `access_without_logging`: a path whose content is not logged.

use super::{Found, Planned, Rule};
use crate::access::{
    hop::Verdict,
    path::{Analysis, Logged},
};

pub(super) fn find(rule: &Rule, planned: &Planned<'_>) -> Found {
    let analysis = Analysis::new(planned.estate);
    let mut out = Vec::new();
    for role in rule.principals(planned.estate) {
        for path in analysis
            .of(role)
            .into_iter()
            .filter(|p| rule.covers(p.method) && p.verdict() != Verdict::Blocked)
        {
            let why = match path.logged {
                Logged::To(_) => continue,
                Logged::Never => "cannot be logged",
                Logged::No => "is not logged",
                Logged::Unseen => "may not be logged: the settings were not seen",
            };
            out.push((
                role.address.clone(),
                format!(
                    "the content of {} to {} {why}",
                    path.method.name(),
                    path.instance
                ),
            ));
        }
    }
    out
}
