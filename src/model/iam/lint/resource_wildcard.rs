//! `*` where the action could be limited to resources.

use std::collections::BTreeSet;

use super::{
    super::catalogue::{Action, Level as Access},
    Context, Finding, Rule,
    context::{is_star, limits, resources},
    words,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "wildcard-resource",
        level: Level::Warning,
        headline: "Every resource, where some would do",
        what: "`\"Resource\": \"*\"` in an `Allow` of actions that AWS checks against resources, without a condition that limits the resource. For actions that only read or list, this is advice.",
        why: "The action is allowed on everything in the account, today's and tomorrow's.",
        fix: "List ARNs; the suggested patch has the kinds of resources. Give actions that need `*` a statement of their own.",
        source: "IAM User Guide, grant least privilege; AWS Service Authorization Reference, resource types",
    },
    check,
};

/// The caller is the resource and does not know its own name when the policy is written; the Systems Manager guide uses `*`.
const OWN: &[&str] = &[
    "ssm:UpdateInstanceInformation",
    "ssm:ListInstanceAssociations",
    "ssm:UpdateInstanceAssociationStatus",
];

/// The most kinds that a patch lists.
const MOST: usize = 4;

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants() {
        return;
    }
    for s in cx
        .allows()
        .filter(|s| !s.action.negated && !s.conditions.iter().any(is_about_resource))
    {
        let Some(star) = resources(s).iter().find(|p| is_star(&p.value)) else {
            continue;
        };
        let mut narrow: Vec<&'static Action> = Vec::new();
        for p in &s.action.patterns {
            // All of a service is another rule's; a pattern counts with the actions that it names.
            if p.value.ends_with(":*") || p.value == "*" {
                continue;
            }
            narrow.extend(cx.actions(&p.value).unwrap_or_default());
        }
        narrow.retain(|a| !a.resources.is_empty() && !OWN.contains(&a.full_name().as_str()));
        let writes = |a: &Action| !matches!(a.level, Access::List | Access::Read);
        let level = if narrow.iter().any(|a| writes(a)) {
            Level::Warning
        } else {
            Level::Advice
        };
        if level == Level::Warning {
            narrow.retain(|a| writes(a));
        }
        if narrow.is_empty() {
            continue;
        }
        let names: BTreeSet<String> = narrow.iter().map(|a| a.full_name()).collect();
        let text = format!(
            "{} can be limited to resources, and every resource is allowed.",
            words::list(names.iter().map(String::as_str), MOST)
        );
        let finding = RULE.at(&star.span, text).level(level);
        out.push(patch(cx, s, &narrow, finding));
    }
}

/// Suggests the kinds of resources, if every action of the statement is on them and they are few.
fn patch(
    cx: &Context<'_>,
    s: &super::super::ast::Statement,
    narrow: &[&Action],
    finding: Finding,
) -> Finding {
    let all: Vec<&Action> = s
        .action
        .patterns
        .iter()
        .flat_map(|p| cx.actions(&p.value).unwrap_or_default())
        .collect();
    if all.is_empty() || all.iter().any(|a| a.resources.is_empty()) || narrow.is_empty() {
        return finding;
    }
    let kinds: BTreeSet<&str> = all
        .iter()
        .flat_map(|a| {
            a.resources
                .iter()
                .filter_map(|r| cx.catalogue.resource(a.service, &r.kind))
        })
        .map(|k| k.arn)
        .collect();
    if kinds.len() > MOST {
        return finding;
    }
    let arns: Vec<String> = kinds
        .into_iter()
        .map(|k| wild(k, &cx.partition()))
        .collect();
    let replacement = match arns.as_slice() {
        [one] => serde_json::Value::from(one.as_str()).to_string(),
        many => serde_json::json!(many).to_string(),
    };
    let Some(whole) = s.resource.as_ref().filter(|r| r.patterns.len() == 1) else {
        return finding;
    };
    finding.raw_patch(
        &whole.span,
        replacement,
        "name the kind of resource, better still the resource itself",
    )
}

/// Writes the ARN of a kind with `*` in place of what varies.
fn wild(format: &str, partition: &str) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(if name == "Partition" { partition } else { "*" });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn is_about_resource(c: &super::super::ast::Condition) -> bool {
    let key = c.key.value.to_ascii_lowercase();
    let keys = [
        "aws:resourcetag/",
        "ec2:resourcetag/",
        "ssm:resourcetag/",
        "iam:resourcetag/",
        "s3:existingobjecttag/",
        "kms:resourcealiases",
        "kms:encryptioncontext",
        "iam:awsservicename",
        "iam:policyarn",
        "ec2:vpc",
        "ec2:subnet",
        "ec2:securitygroupid",
        "ec2:createaction",
        "aws:requesttag/",
        "kms:viaservice",
        "aws:calledvia",
        "kms:grantisforawsresource",
    ];
    limits(c) && keys.iter().any(|k| key.starts_with(k))
}
