//! Actions with which one gives oneself more rights.

use super::{
    Context, Finding, Rule,
    context::{condition, everything, limits},
    covers,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "privilege-escalation",
        level: Level::Warning,
        headline: "Rights can be widened by their owner",
        what: "An action on every policy, role, user or group with which its owner can get rights that nobody gave: writing or attaching policies, making keys or passwords for others, changing who may take on a role, removing boundaries.",
        why: "Whoever has it has, in the end, everything.",
        fix: "Limit the resources, or require a boundary with `iam:PermissionsBoundary` or certain policies with `iam:PolicyARN`.",
        source: "IAM User Guide, permissions boundaries; published lists of IAM privilege-escalation methods",
    },
    check,
};

/// Actions, the kinds of resources that they are on, and what they give.
const WAYS: &[(&str, &[&str], &str)] = &[
    (
        "iam:CreatePolicyVersion",
        &["policy"],
        "writes a new version of a policy that its owner has",
    ),
    (
        "iam:SetDefaultPolicyVersion",
        &["policy"],
        "brings back an older, wider version of a policy",
    ),
    (
        "iam:AttachUserPolicy",
        &["user"],
        "attaches any policy to oneself",
    ),
    (
        "iam:AttachGroupPolicy",
        &["group"],
        "attaches any policy to one's group",
    ),
    (
        "iam:AttachRolePolicy",
        &["role"],
        "attaches any policy to a role that one may take on",
    ),
    (
        "iam:PutUserPolicy",
        &["user"],
        "writes any policy into oneself",
    ),
    (
        "iam:PutGroupPolicy",
        &["group"],
        "writes any policy into one's group",
    ),
    (
        "iam:PutRolePolicy",
        &["role"],
        "writes any policy into a role that one may take on",
    ),
    ("iam:AddUserToGroup", &["group"], "joins any group"),
    ("iam:CreateAccessKey", &["user"], "makes keys for any user"),
    (
        "iam:CreateLoginProfile",
        &["user"],
        "sets a password for any user who has none",
    ),
    (
        "iam:UpdateLoginProfile",
        &["user"],
        "changes the password of any user",
    ),
    (
        "iam:UpdateAssumeRolePolicy",
        &["role"],
        "lets oneself take on any role",
    ),
    (
        "iam:DeleteUserPermissionsBoundary",
        &["user"],
        "removes one's boundary",
    ),
    (
        "iam:DeleteRolePermissionsBoundary",
        &["role"],
        "removes the boundary of one's role",
    ),
    (
        "iam:DeleteUserPolicy",
        &["user"],
        "removes a policy that denies",
    ),
    (
        "iam:DeleteRolePolicy",
        &["role"],
        "removes a policy that denies",
    ),
    (
        "sts:AssumeRole",
        &["role"],
        "takes on any role whose trust policy trusts the account",
    ),
];

/// Conditions that keep such an action within bounds.
const BOUNDS: &[&str] = &[
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
    "aws:ResourceTag/${TagKey}",
    "iam:ResourceTag/${TagKey}",
];

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants() {
        return;
    }
    for s in cx.allows() {
        let bounded = BOUNDS.iter().any(|k| condition(s, k).is_some_and(limits));
        for (action, kinds, what) in WAYS {
            let Some(span) = covers(s, action) else {
                continue;
            };
            let is_everything = cx.text.get(span.clone()) == Some("\"*\"");
            let service = action.split_once(':').map_or("", |(s, _)| s);
            let is_service = cx
                .text
                .get(span.clone())
                .is_some_and(|t| t.eq_ignore_ascii_case(&format!("\"{service}:*\"")));
            if bounded
                || is_everything
                || is_service
                || s.action.negated
                || everything(s, kinds).is_none()
            {
                continue;
            }
            out.push(RULE.at(&span, format!("`{action}` on every resource {what}.")));
        }
    }
}
