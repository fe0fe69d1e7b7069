//! Access by tags, and the right to set them.

use super::{
    Context, Finding, Rule,
    context::{condition, limits, tag_condition},
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "tags-grant-themselves",
        level: Level::Warning,
        headline: "Access by tags that its owner may set",
        what: "A statement that is limited by a tag of the resource, in a policy that also lets its owner create or delete tags without a condition on their keys.",
        why: "Whoever sets the tag grants themselves access.",
        fix: "Limit tagging: `ec2:CreateAction` for tags on creation, `aws:TagKeys` that leave the access tag out, or a `Deny` for its key.",
        source: "EC2 User Guide, grant permission to tag Amazon EC2 resources during creation; IAM User Guide, controlling access to AWS resources using tags",
    },
    check,
};

const TAGGING: &[&str] = &[
    "ec2:CreateTags",
    "ec2:DeleteTags",
    "ssm:AddTagsToResource",
    "ssm:RemoveTagsFromResource",
];

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    let Some(by_tag) = cx
        .allows()
        .find_map(|s| tag_condition(s).filter(|c| limits(c) && !is_of_aws(&c.key.value)))
    else {
        return;
    };
    for action in TAGGING {
        let guarded = cx.denies().any(|s| {
            let about_tags = [
                "aws:TagKeys",
                "aws:RequestTag/${TagKey}",
                "aws:ResourceTag/${TagKey}",
                "ec2:ResourceTag/${TagKey}",
            ];
            super::covers(s, action).is_some()
                && (s.conditions.is_empty() || about_tags.iter().any(|k| condition(s, k).is_some()))
        });
        for s in cx.allows().filter(|_| !guarded) {
            let Some(span) = super::covers(s, action) else {
                continue;
            };
            let bounds = [
                "aws:TagKeys",
                "aws:RequestTag/${TagKey}",
                "ec2:CreateAction",
            ];
            let is_everything = cx.text.get(span.clone()) == Some("\"*\"");
            if !is_everything
                && !bounds.iter().any(|k| condition(s, k).is_some())
                && tag_condition(s).is_none()
            {
                let text = format!(
                    "Access depends on `{}`, and `{action}` may set or remove that tag.",
                    by_tag.key.value
                );
                out.push(RULE.at(&span, text));
            }
        }
    }
}

/// Tells whether only AWS itself sets the tag.
fn is_of_aws(key: &str) -> bool {
    key.split_once('/')
        .is_some_and(|(_, tag)| tag.starts_with("aws:"))
}
