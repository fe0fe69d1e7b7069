//! The default document beside the listed ones.

use super::{
    Context, Finding, Rule,
    context::{condition, resources},
    covers,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "default-document-open",
        level: Level::Warning,
        headline: "The default document may be used, too",
        what: "`ssm:StartSession` on instances without `ssm:SessionDocumentAccessCheck`, in a policy that lists the documents.",
        why: "Where AWS still honours the key, a session without a named document uses the account's default one without asking for it: the list is no limit.",
        fix: "Add `\"BoolIfExists\": {\"ssm:SessionDocumentAccessCheck\": \"true\"}` to every statement with `ssm:StartSession`.",
        source: "Systems Manager User Guide, enforce document permission checks (2023); newer pages partly drop the key, with which the condition does no harm",
    },
    check,
};

const KEY: &str = "ssm:SessionDocumentAccessCheck";

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants() {
        return;
    }
    let starts: Vec<_> = cx
        .allows()
        .filter(|s| covers(s, "ssm:StartSession").is_some() && !s.action.negated)
        .collect();
    let is_document =
        |text: &str| text.contains(":document/") || text.starts_with("${aws_ssm_document.");
    let documents = || {
        starts
            .iter()
            .flat_map(|s| resources(s))
            .filter(|p| is_document(&p.value))
    };
    if documents().next().is_none()
        || documents().any(|p| {
            p.value.ends_with(":document/*") || p.value.ends_with("SSM-SessionManagerRunShell")
        })
    {
        return;
    }
    for s in starts {
        let targets = resources(s).iter().any(|p| !is_document(&p.value));
        let span = covers(s, "ssm:StartSession").unwrap_or(s.span.clone());
        if targets && condition(s, KEY).is_none() {
            out.push(RULE.at(&span, format!("The documents are listed, and without `{KEY}` a session with the default document is not checked against them.")));
        }
    }
}
