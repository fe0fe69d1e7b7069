//! Endpoints through which everything may pass.

use bastionless_model::{
    base::{Level, RuleDoc},
    iam::{ast::Effect, lint::Kind},
};

use super::{Estate, Found, Rule, policies};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "open-endpoint-policy",
        level: Level::Warning,
        headline: "Everything may pass the endpoint",
        what: "A VPC endpoint whose policy allows every action on every resource without a condition; as advice, one without a policy, which is the same.",
        why: "Resources of any account can be reached through it: a private way out for data.",
        fix: "Limit the policy to the organisation (`aws:PrincipalOrgID`, `aws:ResourceOrgID`), the account, or the buckets and actions that are needed.",
        source: "VPC User Guide, control access to VPC endpoints using endpoint policies",
    },
    check,
};

/// Services whose endpoints take policies, by the end of the service's name.
const WITH_POLICY: &[&str] = &[
    "ssm",
    "ssmmessages",
    "ec2messages",
    "kms",
    "logs",
    "s3",
    "ec2",
    "sts",
    "dynamodb",
    "secretsmanager",
];

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    for policy in policies::all(estate)
        .iter()
        .filter(|p| p.kind == Kind::Endpoint)
    {
        let open = policy.parsed.document.statements.iter().any(|s| {
            let everything = |c: &bastionless_model::iam::ast::Clause| {
                !c.negated
                    && c.patterns
                        .iter()
                        .any(|p| p.value == "*" || p.value == "*:*")
            };
            s.effect == Effect::Allow
                && s.conditions.is_empty()
                && everything(&s.action)
                && s.resource.as_ref().is_none_or(everything)
                && s.principal
                    .as_ref()
                    .is_none_or(|p| p.entries.iter().any(|e| e.value.value == "*"))
        });
        let denies = policy
            .parsed
            .document
            .statements
            .iter()
            .any(|s| s.effect == Effect::Deny);
        if open && !denies {
            out.push(RULE.at(
                policy.object,
                &policy.attribute,
                "The policy allows everything to everybody, on resources of every account.",
            ));
        }
    }
    for endpoint in estate
        .of("aws_vpc_endpoint")
        .filter(|e| e.is_unset("policy"))
    {
        let takes = endpoint
            .text("service_name")
            .is_some_and(|n| WITH_POLICY.iter().any(|s| n.ends_with(&format!(".{s}"))));
        if takes {
            out.push(
                RULE.at(
                    endpoint,
                    "policy",
                    "Without a policy everything may pass, to resources of every account.",
                )
                .level(Level::Advice),
            );
        }
    }
}
