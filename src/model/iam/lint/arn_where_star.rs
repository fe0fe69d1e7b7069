//! Actions that only `*` grants.

use super::{
    Context, Finding, Rule,
    arn_not_of_action::may_be,
    context::resources,
    meet::{ArnText, arn},
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "needs-star",
        level: Level::Warning,
        headline: "Action needs every resource",
        what: "An action that AWS checks against no resource (such as `ec2:DescribeInstances`) in a statement that lists ARNs only.",
        why: "An ARN never matches such an action: it is not allowed, or not denied, silently.",
        fix: "Give the action a statement of its own with `\"Resource\": \"*\"`.",
        source: "AWS Service Authorization Reference, \"actions that do not support resource-level permissions\"",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for s in cx.document.statements.iter().filter(|s| !s.action.negated) {
        let arns: Vec<_> = resources(s)
            .iter()
            .map(|p| arn(&p.value, cx.version()))
            .collect();
        // What is known only after apply is an ARN where its name says so; otherwise it may be `*`.
        let is_open = |p: &super::super::ast::Text, a: &ArnText| match a {
            ArnText::All | ArnText::Broken => true,
            ArnText::Opaque => !(p.value.starts_with("${aws_") && p.value.contains("arn}")),
            ArnText::Segments(_) => false,
        };
        if arns.is_empty() || resources(s).iter().zip(&arns).any(|(p, a)| is_open(p, a)) {
            continue;
        }
        for p in &s.action.patterns {
            let Some(actions) = cx.actions(&p.value).filter(|a| !a.is_empty()) else {
                continue;
            };
            let star_only = |a: &super::super::catalogue::Action| {
                a.resources.is_empty()
                    && !arns
                        .iter()
                        .any(|r| matches!(r, ArnText::Segments(_)) && may_be(cx, a, r))
            };
            if actions.iter().all(|a| star_only(a)) {
                let text = format!(
                    "`{}` is checked against no resource: only `\"Resource\": \"*\"` matches it.",
                    p.value
                );
                out.push(RULE.at(&p.span, text));
            }
        }
    }
}
