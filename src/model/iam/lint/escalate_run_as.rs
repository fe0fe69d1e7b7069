//! The tag that chooses the user of the operating system.

use super::{
    Context, Finding, Rule,
    context::{condition, limits},
    covers,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "run-as-tag-writable",
        level: Level::Warning,
        headline: "The user of the operating system can be chosen",
        what: "`iam:TagRole` or `iam:TagUser` without a condition on `aws:TagKeys`, in a policy that starts sessions.",
        why: "The tag `SSMSessionRunAs` of the role or user decides who a session runs as, before the document's default: whoever may set it may choose any user with `sudo`.",
        fix: "Limit the tags with `ForAllValues:StringEquals` `aws:TagKeys` and a `Null` condition, or deny the tag key `SSMSessionRunAs`.",
        source: "Systems Manager User Guide, turn on Run As support for Linux and macOS managed nodes",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.allows().any(|s| covers(s, "ssm:StartSession").is_some()) {
        return;
    }
    for action in ["iam:TagRole", "iam:TagUser"] {
        let is_denied = cx
            .denies()
            .any(|s| covers(s, action).is_some() && condition(s, "aws:TagKeys").is_some());
        for s in cx.allows() {
            let Some(span) = covers(s, action) else {
                continue;
            };
            let keys = condition(s, "aws:TagKeys").is_some();
            let value = condition(s, "aws:RequestTag/${TagKey}").is_some_and(limits);
            let is_everything = cx.text.get(span.clone()) == Some("\"*\"");
            if !keys && !value && !is_denied && !is_everything {
                out.push(RULE.at(&span, format!("`{action}` may set `SSMSessionRunAs`, which decides whose rights a session has on the instance.")));
            }
        }
    }
}
