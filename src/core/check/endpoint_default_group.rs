//! Endpoints that get the VPC's default group.

use bastionless_model::base::{Level, RuleDoc};

use super::{Estate, Found, Rule};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "endpoint-default-group",
        level: Level::Warning,
        headline: "The endpoint gets the default security group",
        what: "An EC2 Instance Connect endpoint or an interface endpoint without `security_group_ids`.",
        why: "It gets the default group of the VPC, whose rules and members nobody here decides: usually everything out, and in from whatever has the same group.",
        fix: "Give it a group of its own.",
        source: "EC2 API Reference, CreateInstanceConnectEndpoint and CreateVpcEndpoint: SecurityGroupId",
    },
    check,
};

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    let text = "Without `security_group_ids` it gets the default group of the VPC. Give it a group of its own.";
    for endpoint in estate
        .of("aws_ec2_instance_connect_endpoint")
        .filter(|e| is_unset(e))
    {
        out.push(RULE.at(endpoint, "security_group_ids", text));
    }
    for endpoint in estate
        .of("aws_vpc_endpoint")
        .filter(|e| is_unset(e) && e.text("vpc_endpoint_type") == Some("Interface"))
    {
        out.push(RULE.at(endpoint, "security_group_ids", text));
    }
}

fn is_unset(endpoint: &super::Object<'_>) -> bool {
    let given = endpoint.config.get("security_group_ids");
    given.is_none_or(|v| v.is_null() || v.elements().is_some_and(<[_]>::is_empty))
}
