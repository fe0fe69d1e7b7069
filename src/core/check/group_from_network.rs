//! Instances open to a whole network, where an endpoint is the way in.

use bastionless_model::base::{Level, RuleDoc};

use super::{Estate, Found, Rule, groups};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "instance-open-to-network",
        level: Level::Warning,
        headline: "Open to the network instead of the endpoint",
        what: "An inbound rule for port 22 or 3389 of an instance from a private network, in a configuration with an EC2 Instance Connect endpoint.",
        why: "Every host of the network reaches the port: lateral movement. With the endpoint's group as source only the endpoint does.",
        fix: "Use the endpoint's security group as the source.",
        source: "EC2 User Guide, security groups for EC2 Instance Connect Endpoint",
    },
    check,
};

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    let endpoints = groups::of_connect_endpoints(estate);
    let instances = groups::of_instances(estate);
    if estate
        .of("aws_ec2_instance_connect_endpoint")
        .next()
        .is_none()
    {
        return;
    }
    for rule in groups::rules(estate)
        .iter()
        .filter(|r| r.is_inbound && (r.covers(22) || r.covers(3389)))
    {
        let group = rule.group.as_str();
        let is_instances = instances.contains(&group) && !endpoints.contains(&group);
        if let Some(network) = rule
            .networks
            .iter()
            .find(|n| groups::is_private_range(n))
            .filter(|_| is_instances)
        {
            let text = format!(
                "All of {network} reaches the port, not only the endpoint. Use the endpoint's security group as the source."
            );
            out.push(RULE.at(rule.object, rule.attribute, text));
        }
    }
}
