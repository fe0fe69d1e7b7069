//! Everything out.

use bastionless_model::base::{Level, RuleDoc};

use super::{Estate, Found, Rule, groups};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "open-egress",
        level: Level::Warning,
        headline: "Everything may go out",
        what: "An outbound rule for all protocols to `0.0.0.0/0` or `::/0`, in a group of an instance or an EC2 Instance Connect endpoint. In other groups it is advice.",
        why: "It is the way out for stolen data and the way on to other hosts. AWS gives it to every new group; the `aws_security_group` of this language takes it away, and here it is written back.",
        fix: "Name ports and targets: 443 to the group of the interface endpoints, 22 from the endpoint to the group of the instances.",
        source: "VPC User Guide, default security group rules",
    },
    check,
};

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    let ours: Vec<&str> = groups::of_instances(estate)
        .into_iter()
        .chain(groups::of_connect_endpoints(estate))
        .collect();
    for rule in groups::rules(estate)
        .iter()
        .filter(|r| !r.is_inbound && r.is_everything())
    {
        let Some(network) = rule.networks.iter().find(|n| groups::is_everywhere(n)) else {
            continue;
        };
        let level = if ours.contains(&rule.group.as_str()) {
            Level::Warning
        } else {
            Level::Advice
        };
        let text = format!("All protocols and ports to {network} are open.");
        out.push(RULE.at(rule.object, rule.attribute, text).level(level));
    }
}
