//! Tags of the endpoint taken for tags of the instance.

use super::{
    Context, Finding, Rule,
    context::{condition, limits, tag_condition},
    covers,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "tunnel-by-instance-tag",
        level: Level::Warning,
        headline: "A tunnel is not limited by the tags of instances",
        what: "A condition on a tag of the resource for `ec2-instance-connect:OpenTunnel` without one on `privateIpAddress`, or in one statement with actions on instances.",
        why: "`OpenTunnel` is checked against the endpoint: the condition sees the endpoint's tags. It never holds, or it holds for every instance of the VPC.",
        fix: "Limit the addresses with `\"IpAddress\": {\"ec2-instance-connect:privateIpAddress\": \"10.0.1.10/32\"}`, and keep tags for `SendSSHPublicKey`, in a statement of its own.",
        source: "AWS Service Authorization Reference, EC2 Instance Connect: resource of OpenTunnel",
    },
    check,
};

const ON_INSTANCES: &[&str] = &[
    "ec2-instance-connect:SendSSHPublicKey",
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
    "ssm:StartSession",
];

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for s in cx.document.statements.iter().filter(|s| !s.action.negated) {
        let Some(span) = covers(s, "ec2-instance-connect:OpenTunnel") else {
            continue;
        };
        let Some(tag) = tag_condition(s) else {
            continue;
        };
        if cx.text.get(span) == Some("\"*\"") {
            continue;
        }
        let mixed = super::covers_any(s, ON_INSTANCES).is_some();
        let by_address = condition(s, "ec2-instance-connect:privateIpAddress").is_some_and(limits);
        if mixed || !by_address {
            let text = format!(
                "For `OpenTunnel`, `{}` is a tag of the endpoint, not of the instance: it does not choose instances.",
                tag.key.value
            );
            out.push(RULE.at(&tag.key.span, text));
        }
    }
}
