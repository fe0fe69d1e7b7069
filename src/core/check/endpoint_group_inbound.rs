//! Inbound rules that nothing is checked against.

use bastionless_model::base::{Level, RuleDoc};

use super::{Estate, Found, Rule, groups};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "connect-endpoint-inbound",
        level: Level::Warning,
        headline: "Inbound rule without effect",
        what: "An inbound rule of a security group that only EC2 Instance Connect endpoints have.",
        why: "The service's traffic reaches the endpoint whatever its inbound rules say: the rule looks like a control and is none.",
        fix: "Remove the rule. Who may use the endpoint is decided by IAM; where it leads to, by its outbound rules.",
        source: "EC2 User Guide, security groups for EC2 Instance Connect Endpoint",
    },
    check,
};

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    let endpoints = groups::of_connect_endpoints(estate);
    let others: Vec<&str> = groups::of_instances(estate)
        .into_iter()
        .chain(groups::of_interface_endpoints(estate))
        .collect();
    for rule in groups::rules(estate).iter().filter(|r| r.is_inbound) {
        let only_endpoints =
            endpoints.contains(&rule.group.as_str()) && !others.contains(&rule.group.as_str());
        if only_endpoints {
            let text = "The group belongs to an EC2 Instance Connect endpoint, for which inbound rules have no effect.";
            out.push(RULE.at(rule.object, rule.attribute, text));
        }
    }
}
