//! Client addresses where rules expect the endpoint's.

use bastionless_model::base::{Level, RuleDoc};

use super::{Estate, Found, Rule, groups};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "client-ip-against-rules",
        level: Level::Warning,
        headline: "Instances see the address of the client",
        what: "An EC2 Instance Connect endpoint that preserves the client's address (so it does where `preserve_client_ip` is not said) beside instances whose SSH or RDP rules name private networks only; or that preserves it together with an address type other than `ipv4`.",
        why: "The instance sees the user's public address: rules for the network of the endpoint do not match, and are then widened to everybody. With `dualstack` or `ipv6` AWS refuses the endpoint.",
        fix: "Set `preserve_client_ip = false`, or use the endpoint's security group as the source, which works with both.",
        source: "EC2 User Guide, EC2 Instance Connect Endpoint: client IP preservation",
    },
    check,
};

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    let instances = groups::of_instances(estate);
    let rules = groups::rules(estate);
    let endpoint_groups = groups::of_connect_endpoints(estate);
    let ways: Vec<_> = rules
        .iter()
        .filter(|r| {
            r.is_inbound
                && (r.covers(22) || r.covers(3389))
                && instances.contains(&r.group.as_str())
        })
        .collect();
    for endpoint in estate
        .of("aws_ec2_instance_connect_endpoint")
        .filter(|e| e.value.get_bool("preserve_client_ip") == Some(true))
    {
        let sources = &estate.program().sources;
        let by_type = endpoint
            .config
            .get_str("ip_address_type")
            .filter(|t| *t == "dualstack" || *t == "ipv6");
        if let Some(kind) = by_type {
            let text = format!(
                "AWS preserves the client's address with `ipv4` only, and this endpoint is `{kind}`."
            );
            out.push(
                RULE.at(endpoint, "preserve_client_ip", text)
                    .level(Level::Error)
                    .set(endpoint, "preserve_client_ip", "false", sources),
            );
        }
        let by_group = ways.iter().any(|r| {
            r.peers
                .iter()
                .any(|p| endpoint_groups.contains(&p.as_str()))
        });
        let private = ways.iter().find(|r| {
            !r.networks.is_empty() && r.networks.iter().all(|n| groups::is_private_range(n))
        });
        if let Some(rule) = private.filter(|_| !by_group) {
            let text = "The instance sees the public address of the user, which this network does not contain.";
            let found = RULE.at(endpoint, "preserve_client_ip", text).set(
                endpoint,
                "preserve_client_ip",
                "false",
                sources,
            );
            out.push(found.context(rule.object.at(rule.attribute), "the only way in"));
        }
    }
}
