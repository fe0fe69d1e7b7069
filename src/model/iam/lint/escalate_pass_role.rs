//! Any role may be passed on.

use super::{
    Context, Finding, Rule,
    context::{condition, everything, limits},
    covers,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "pass-any-role",
        level: Level::Warning,
        headline: "Any role may be passed",
        what: "`iam:PassRole` on every role, without a condition on the service that it is passed to, or together with an action that starts something with a role, such as `ec2:RunInstances`.",
        why: "Whoever passes a role to an instance and gets a shell there has the rights of that role.",
        fix: "List the roles, and add `StringEquals` `iam:PassedToService`.",
        source: "IAM User Guide, grant a user permissions to pass a role to an AWS service",
    },
    check,
};

/// Actions that start something with a passed role.
pub(super) const STARTS: &[&str] = &[
    "ec2:RunInstances",
    "ec2:AssociateIamInstanceProfile",
    "ec2:ReplaceIamInstanceProfileAssociation",
    "iam:AddRoleToInstanceProfile",
    "autoscaling:CreateAutoScalingGroup",
    "autoscaling:CreateLaunchConfiguration",
    "ssm:StartAutomationExecution",
    "lambda:CreateFunction",
    "cloudformation:CreateStack",
    "ecs:RunTask",
    "glue:CreateDevEndpoint",
    "sagemaker:CreateNotebookInstance",
    "codebuild:CreateProject",
];

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants() {
        return;
    }
    let starts = cx
        .allows()
        .find_map(|s| super::covers_any(s, STARTS))
        .map(|(a, _)| a);
    for s in cx.allows() {
        let Some(span) = covers(s, "iam:PassRole") else {
            continue;
        };
        // Everything is everything: another rule says so.
        if everything(s, &["role"]).is_none() || cx.text.get(span.clone()) == Some("\"*\"") {
            continue;
        }
        let service = condition(s, "iam:PassedToService").filter(|c| limits(c));
        if condition(s, "iam:AssociatedResourceArn").is_some_and(limits)
            || super::context::tag_condition(s).is_some_and(limits)
        {
            continue;
        }
        match (service, starts) {
            (_, Some(action)) => {
                let text = format!("Every role may be passed, and `{action}` starts something with it: that has the rights of any role. List the roles.");
                out.push(RULE.at(&span, text));
            }
            (None, None) => out.push(RULE.at(&span, "Every role may be passed, to every service. List the roles, and name the service with `iam:PassedToService`.")),
            (Some(_), None) => out.push(RULE.at(&span, "Every role may be passed to the service. List the roles.").level(Level::Advice)),
        }
    }
}
