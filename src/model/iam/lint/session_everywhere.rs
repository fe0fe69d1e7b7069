//! Sessions on every node.

use super::{
    Context, Finding, Rule,
    context::{everything, limits, tag_condition},
    covers,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "session-on-every-node",
        level: Level::Warning,
        headline: "Sessions on every node",
        what: "`ssm:StartSession` on every resource or every instance, without a condition on a tag.",
        why: "A shell, usually with `sudo`, on each managed node of the account.",
        fix: "List instances, or add `\"StringEquals\": {\"aws:ResourceTag/KEY\": \"VALUE\"}` (and list the documents in another statement).",
        source: "Systems Manager User Guide, sample IAM policies for Session Manager; AWS samples, IAM permissions guardrails (IAM-SSM-2)",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants() {
        return;
    }
    for s in cx.allows() {
        let Some(span) = covers(s, "ssm:StartSession") else {
            continue;
        };
        let limited = tag_condition(s).is_some_and(limits);
        let is_everything = cx.text.get(span) == Some("\"*\"");
        if let Some(p) =
            everything(s, &["instance", "managed-instance"]).filter(|_| !limited && !is_everything)
        {
            out.push(RULE.at(
                &p.span,
                "`ssm:StartSession` is allowed on every node. List instances, or require a tag.",
            ));
        }
    }
}
