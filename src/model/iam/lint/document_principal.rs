//! Principals where there may be none, and none where they must be.

use super::{Context, Finding, Kind, Rule};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "principal-misplaced",
        level: Level::Error,
        headline: "Principal does not fit the kind of policy",
        what: "A `Principal` in a policy of a user, role or group, or a statement without one in a policy of a resource; a `Resource` in a trust policy.",
        why: "AWS refuses the policy.",
        fix: "Remove or add the element.",
        source: "IAM User Guide, IAM JSON policy elements: Principal",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for s in &cx.document.statements {
        match &s.principal {
            Some(p) if cx.kind.is_identity() => {
                out.push(RULE.at(&p.span, "A policy of a user, role or group says nothing of principals: it holds for whoever has it."));
            }
            None if !cx.kind.is_identity() => {
                out.push(RULE.at(&s.span, "A statement in the policy of a resource must say who it is about: `Principal` is missing."));
            }
            _ => {}
        }
        if let Some(r) = s.resource.as_ref().filter(|_| cx.kind == Kind::Trust) {
            out.push(RULE.at(
                &r.span,
                "A trust policy is about its role: it has no `Resource`.",
            ));
        }
        if s.resource.is_none() && cx.kind.is_identity() {
            out.push(RULE.at(
                &s.span,
                "A statement in a policy of a user, role or group must have a `Resource`.",
            ));
        }
    }
}
