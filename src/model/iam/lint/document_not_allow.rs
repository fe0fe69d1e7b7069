//! Everything but a list.

use super::{Context, Finding, Kind, Rule};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "allow-all-but",
        level: Level::Warning,
        headline: "Everything but a list is allowed",
        what: "`NotAction`, `NotResource` or `NotPrincipal` in an `Allow`.",
        why: "It grants all that is not listed, with every service and action that AWS adds later; `NotPrincipal` also lets anonymous callers in.",
        fix: "List what is allowed; use `NotAction` with `Deny` for guard rails.",
        source: "IAM User Guide, IAM JSON policy elements: NotAction, NotResource, NotPrincipal",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for s in cx.allows() {
        if s.action.negated {
            out.push(RULE.at(
                &s.action.span,
                "Every action but these is allowed, those of the future included.",
            ));
        }
        if let Some(r) = s
            .resource
            .as_ref()
            .filter(|r| r.negated && cx.kind != Kind::Endpoint)
        {
            out.push(RULE.at(
                &r.span,
                "Every resource but these is allowed, those of the future included.",
            ));
        }
        if let Some(p) = s.principal.as_ref().filter(|p| p.negated) {
            out.push(RULE.at(
                &p.span,
                "Everybody but these is allowed, anonymous callers included.",
            ));
        }
    }
}
