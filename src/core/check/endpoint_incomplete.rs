//! Half of what Session Manager needs.

use bastionless_model::base::{Level, RuleDoc};

use super::{Estate, Found, Rule};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "session-endpoints-incomplete",
        level: Level::Warning,
        headline: "An endpoint for Session Manager is missing",
        what: "A VPC with an interface endpoint for `ssm` and none for `ssmmessages`, or the other way round, and without a way to the internet in the configuration.",
        why: "The agent needs both: it registers through `ssm`, and sessions run through `ssmmessages`.",
        fix: "Add the other endpoint, in the same subnets and with the same security group.",
        source: "Systems Manager User Guide, improve the security of EC2 instances by using VPC endpoints",
    },
    check,
};

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    let ends =
        |e: &super::Object<'_>, s: &str| e.text("service_name").is_some_and(|n| n.ends_with(s));
    let has_way_out = estate
        .of("aws_route")
        .any(|r| r.text("destination_cidr_block") == Some("0.0.0.0/0"))
        || estate.of("aws_route_table").any(|t| {
            t.blocks("route")
                .iter()
                .any(|r| r.get_str("cidr_block") == Some("0.0.0.0/0"))
        });
    if has_way_out {
        return;
    }
    for (own, other) in [(".ssm", ".ssmmessages"), (".ssmmessages", ".ssm")] {
        for endpoint in estate.of("aws_vpc_endpoint").filter(|e| ends(e, own)) {
            let vpc = endpoint.text("vpc_id");
            let complete = estate
                .of("aws_vpc_endpoint")
                .any(|e| ends(e, other) && e.text("vpc_id") == vpc);
            // What the VPC has elsewhere is not seen where the VPC itself is not of this configuration.
            let is_ours = estate
                .of("aws_vpc")
                .any(|v| vpc.is_some_and(|id| v.is_named(id)));
            if !complete && is_ours {
                let text = format!(
                    "The VPC has an endpoint for `{}` and none for `{}`.",
                    &own.trim_start_matches('.'),
                    other.trim_start_matches('.')
                );
                out.push(RULE.at(endpoint, "service_name", text));
            }
        }
    }
}
