//! Whose sessions one may end and resume.

use super::{
    super::ast::Statement,
    Context, Finding, Kind, Rule,
    context::{condition, everything, resources},
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "own-sessions",
        level: Level::Warning,
        headline: "Own sessions are not told from others'",
        what: "`ssm:TerminateSession` or `ssm:ResumeSession` on `session/${aws:username}-*` (roles have no user name), in a role on `session/${aws:userid}-*`, or on every session without a condition on its owner's tag.",
        why: "The ids of sessions begin with the user name, or with the session name of the role: users cannot end their own sessions, or they can end and take over those of others.",
        fix: "Allow `session/*` with `\"StringEquals\": {\"ssm:resourceTag/aws:ssmmessages:session-id\": \"${aws:userid}\"}`, which works for users and roles.",
        source: "Systems Manager User Guide, additional sample IAM policies for Session Manager",
    },
    check,
};

const ACTIONS: &[&str] = &["ssm:TerminateSession", "ssm:ResumeSession"];
const OWNER: &str = "ssm:resourceTag/aws:ssmmessages:session-id";

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants() {
        return;
    }
    for s in cx.allows() {
        let Some((_, span)) = super::covers_any(s, ACTIONS) else {
            continue;
        };
        if cx.text.get(span) == Some("\"*\"") {
            continue;
        }
        by_name(cx, s, out);
        let owned = [OWNER, "aws:ResourceTag/aws:ssmmessages:session-id"]
            .iter()
            .any(|k| condition(s, k).is_some());
        let tagged = super::context::tag_condition(s).is_some();
        if let Some(p) = everything(s, &["session"]).filter(|_| !owned && !tagged) {
            let text = format!(
                "Everybody's sessions may be ended and taken over. Add a condition on `{OWNER}`."
            );
            out.push(RULE.at(&p.span, text));
        }
    }
}

fn by_name(cx: &Context<'_>, s: &Statement, out: &mut Vec<Finding>) {
    let of_role = cx.kind == Kind::InlineRole;
    for p in resources(s)
        .iter()
        .filter(|p| p.value.contains(":session/"))
    {
        let text = if p.value.contains("${aws:username}") {
            "Roles have no `aws:username`: whoever comes by a role cannot end or resume sessions."
        } else if of_role && p.value.contains("${aws:userid}") {
            "The id of a role's session begins with the session name, and `aws:userid` with the role's id: this never matches."
        } else {
            continue;
        };
        out.push(RULE.at(&p.span, text));
    }
}
