//! Tunnels to every address and port.

use super::{
    Context, Finding, Rule,
    context::{condition, limits},
    covers, words,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "tunnel-to-anywhere",
        level: Level::Warning,
        headline: "The tunnel is not limited",
        what: "`ec2-instance-connect:OpenTunnel` without conditions on `ec2-instance-connect:privateIpAddress` and `ec2-instance-connect:remotePort`.",
        why: "Ports 22 and 3389 of every address that the endpoint reaches in the VPC are open to whoever has the policy.",
        fix: "Add `\"IpAddress\"` on the address or network and `\"NumericEquals\"` on the port.",
        source: "EC2 User Guide, permissions for EC2 Instance Connect Endpoint",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants() {
        return;
    }
    for s in cx.allows().filter(|s| !s.action.negated) {
        let Some(span) = covers(s, "ec2-instance-connect:OpenTunnel") else {
            continue;
        };
        let missing: Vec<&str> = [
            "ec2-instance-connect:privateIpAddress",
            "ec2-instance-connect:remotePort",
        ]
        .into_iter()
        .filter(|k| !condition(s, k).is_some_and(limits))
        .collect();
        if !missing.is_empty() && cx.text.get(span.clone()) != Some("\"*\"") {
            let text = format!("Nothing limits the tunnel by {}.", words::list(missing, 2));
            out.push(RULE.at(&span, text));
        }
    }
}
