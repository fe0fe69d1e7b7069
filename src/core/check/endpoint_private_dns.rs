//! Endpoints that nobody finds.

use bastionless_model::base::{Level, RuleDoc};

use super::{Estate, Found, Rule};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "endpoint-without-private-dns",
        level: Level::Warning,
        headline: "The endpoint has no private DNS",
        what: "An interface endpoint for Session Manager, KMS or CloudWatch Logs without `private_dns_enabled`, or with it in a VPC without `enable_dns_hostnames` (AWS refuses that).",
        why: "The agent resolves the public name and goes to the internet, which a private subnet does not reach: sessions do not start.",
        fix: "Set `private_dns_enabled = true`, and `enable_dns_support` and `enable_dns_hostnames` of the VPC.",
        source: "VPC User Guide, access an AWS service using an interface VPC endpoint; Systems Manager User Guide, VPC endpoints",
    },
    check,
};

const SERVICES: &[&str] = &[".ssm", ".ssmmessages", ".ec2messages", ".kms", ".logs"];

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    let sources = &estate.program().sources;
    for endpoint in estate
        .of("aws_vpc_endpoint")
        .filter(|e| e.text("vpc_endpoint_type") == Some("Interface"))
    {
        let is_ours = endpoint
            .text("service_name")
            .is_some_and(|n| SERVICES.iter().any(|s| n.ends_with(s)));
        let given = endpoint.config.get("private_dns_enabled");
        let is_off = given.is_none_or(|v| v.is_null() || v.as_bool() == Some(false));
        if is_ours && is_off {
            let text = "The agent looks for the service's public name, which does not lead here.";
            out.push(RULE.at(endpoint, "private_dns_enabled", text).set(
                endpoint,
                "private_dns_enabled",
                "true",
                sources,
            ));
        }
        let vpc = estate
            .of("aws_vpc")
            .find(|v| endpoint.text("vpc_id").is_some_and(|id| v.is_named(id)));
        let no_names = vpc.filter(|v| {
            v.value.get_bool("enable_dns_hostnames") != Some(true)
                && v.value.get("enable_dns_hostnames").is_some()
        });
        if let Some(vpc) = no_names
            .filter(|_| given.and_then(bastionless_model::value::Value::as_bool) == Some(true))
        {
            let text = "Private DNS needs `enable_dns_hostnames` of the VPC, which is off: AWS refuses the endpoint.";
            let found = RULE.at(endpoint, "private_dns_enabled", text);
            out.push(
                found
                    .context(vpc.at("enable_dns_hostnames"), "the VPC")
                    .set(vpc, "enable_dns_hostnames", "true", sources),
            );
        }
    }
}
