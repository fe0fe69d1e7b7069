//! A tag of the instance that the document does not have.

use super::{
    Context, Finding, Rule,
    context::{limits, resources, tag_condition},
    covers,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "tag-condition-on-document",
        level: Level::Warning,
        headline: "The tag condition also holds for the document",
        what: "`ssm:StartSession` with a condition on a tag of the resource, in a statement that lists documents beside instances.",
        why: "The condition is evaluated for each resource: the document does not have the instance's tag, documents of AWS have no tags at all, and the session is refused.",
        fix: "Use two statements: instances with the condition, documents without.",
        source: "Systems Manager User Guide, additional sample IAM policies for Session Manager",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for s in cx
        .allows()
        .filter(|s| covers(s, "ssm:StartSession").is_some())
    {
        let Some(tag) = tag_condition(s).filter(|c| limits(c)) else {
            continue;
        };
        let is_document =
            |text: &str| text.contains(":document/") || text.starts_with("${aws_ssm_document.");
        let others = resources(s).iter().any(|p| !is_document(&p.value));
        for p in resources(s)
            .iter()
            .filter(|p| is_document(&p.value) && (others || p.value.contains("::document/")))
        {
            let text = format!(
                "`{}` must have the tag of `{}`, too, which is meant for instances.",
                p.value, tag.key.value
            );
            out.push(RULE.at(&p.span, text));
        }
    }
}
