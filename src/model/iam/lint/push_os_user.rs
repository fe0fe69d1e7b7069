//! Keys pushed for any user of the operating system.

use super::{
    Context, Finding, Rule,
    context::{condition, limits},
    covers,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "key-push-for-any-user",
        level: Level::Warning,
        headline: "A key may be pushed for any user of the operating system",
        what: "`ec2-instance-connect:SendSSHPublicKey` without a condition on `ec2:osuser`.",
        why: "The key can be pushed for every user of the instance, root where that is enabled.",
        fix: "Add `\"StringEquals\": {\"ec2:osuser\": \"ec2-user\"}` with the user that is meant.",
        source: "EC2 User Guide, grant IAM permissions for EC2 Instance Connect",
    },
    check,
};

const PUSH: &str = "ec2-instance-connect:SendSSHPublicKey";

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants()
        || cx
            .denies()
            .any(|s| covers(s, PUSH).is_some() && condition(s, "ec2:osuser").is_some())
    {
        return;
    }
    for s in cx.allows() {
        let Some(span) = covers(s, PUSH) else {
            continue;
        };
        let named = condition(s, "ec2:osuser").filter(|c| {
            limits(c)
                && !c
                    .values
                    .iter()
                    .any(|v| v.value.trim_matches('*').is_empty())
        });
        if named.is_none() && cx.text.get(span.clone()) != Some("\"*\"") && !s.action.negated {
            out.push(RULE.at(&span, "Keys may be pushed for any user of the operating system. Add a condition on `ec2:osuser`."));
        }
    }
}
