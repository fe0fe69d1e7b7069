//! Ports of administration open to everybody.

use bastionless_model::base::{Level, RuleDoc};

use super::{Estate, Found, Rule, groups};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "admin-port-from-anywhere",
        level: Level::Warning,
        headline: "SSH or RDP from anywhere",
        what: "An inbound rule for port 22 or 3389 from `0.0.0.0/0` or `::/0`.",
        why: "With a public address the port is open to the internet; without one it is open to everything that is ever connected to the VPC.",
        fix: "Come in through an EC2 Instance Connect endpoint or Session Manager, and name the source.",
        source: "VPC User Guide, security group rules",
    },
    check,
};

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    let endpoints = groups::of_connect_endpoints(estate);
    for rule in groups::rules(estate)
        .iter()
        .filter(|r| r.is_inbound && !endpoints.contains(&r.group.as_str()))
    {
        let Some(network) = rule.networks.iter().find(|n| groups::is_everywhere(n)) else {
            continue;
        };
        if let Some(port) = [22, 3389].into_iter().find(|p| rule.covers(*p)) {
            out.push(RULE.at(
                rule.object,
                rule.attribute,
                format!("Port {port} is open to {network}."),
            ));
        }
    }
}
