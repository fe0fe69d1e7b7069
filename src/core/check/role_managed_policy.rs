//! AWS's broad policies on roles.

use bastionless_model::base::{Level, RuleDoc};

use super::{Estate, Found, Rule};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "broad-managed-policy",
        level: Level::Warning,
        headline: "The managed policy gives more than sessions need",
        what: "`AmazonSSMManagedInstanceCore`, `AmazonEC2RoleforSSM`, `AmazonSSMFullAccess` or `AdministratorAccess` on a role.",
        why: "`AmazonSSMManagedInstanceCore` lets the instance read every parameter of the account (`ssm:GetParameter` on `*`), the older ones also buckets and more.",
        fix: "Write a policy with `ssm:UpdateInstanceInformation` and the four `ssmmessages` actions, and what logging and encryption need.",
        source: "AWS managed policy reference; Systems Manager User Guide, minimum permissions of an instance profile for Session Manager",
    },
    check,
};

const BROAD: &[(&str, &str)] = &[
    (
        "AmazonSSMManagedInstanceCore",
        "It also reads every parameter of the account.",
    ),
    (
        "service-role/AmazonEC2RoleforSSM",
        "It also reads every parameter and writes every bucket of the account.",
    ),
    (
        "AmazonSSMFullAccess",
        "It may do everything in Systems Manager, commands on every node included.",
    ),
    ("AdministratorAccess", "It may do everything."),
];

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    for attachment in estate.of("aws_iam_role_policy_attachment") {
        if let Some(why) = attachment.text("policy_arn").and_then(broad) {
            out.push(RULE.at(
                attachment,
                "policy_arn",
                format!("{why} Write a policy with what is needed."),
            ));
        }
    }
    for role in estate
        .of("aws_iam_role")
        .filter(|r| !r.is_unset("managed_policy_arns"))
    {
        for arn in role.texts("managed_policy_arns") {
            if let Some(why) = broad(arn) {
                let name = arn.rsplit('/').next().unwrap_or(arn);
                out.push(RULE.at(
                    role,
                    "managed_policy_arns",
                    format!("`{name}`: {why} Write a policy with what is needed."),
                ));
            }
        }
    }
}

fn broad(arn: &str) -> Option<&'static str> {
    BROAD
        .iter()
        .find(|(name, _)| arn.ends_with(&format!(":aws:policy/{name}")))
        .map(|(_, why)| *why)
}
