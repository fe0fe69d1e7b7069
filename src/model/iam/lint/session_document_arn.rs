//! Documents of sessions that are missing or can never match.

use super::{
    Context, Finding, Rule,
    context::resources,
    covers,
    meet::{ArnText, arn},
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "session-without-document",
        level: Level::Warning,
        headline: "The session's document is not allowed",
        what: "`ssm:StartSession` on instances while no statement of the policy allows it on a document; an ARN with an account for a document of AWS, or without one for a document of one's own.",
        why: "A session is checked against the instance and against the document. Whoever is refused tends to write `*`.",
        fix: "Add the ARN of the document: `arn:PARTITION:ssm:REGION:ACCOUNT:document/NAME`, for documents of AWS with an empty account.",
        source: "Systems Manager User Guide, sample IAM policies for Session Manager; AWS Service Authorization Reference, ssm:StartSession",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants() {
        return;
    }
    let starts: Vec<_> = cx
        .allows()
        .filter(|s| covers(s, "ssm:StartSession").is_some() && !s.action.negated)
        .collect();
    let patterns = || starts.iter().flat_map(|s| resources(s));
    for p in patterns() {
        out.extend(account(p));
    }
    // What is not known yet may be a document, unless its type says otherwise.
    let may_be_document = |text: &str| match arn(text, cx.version()) {
        ArnText::All | ArnText::Broken => true,
        ArnText::Opaque => !text.starts_with("${aws_instance."),
        ArnText::Segments(_) => {
            let last = text.splitn(6, ':').nth(5).unwrap_or_default();
            last.starts_with(['*', '?', '$'])
                || last.starts_with("document/")
                || "document/".starts_with(last.trim_end_matches('*'))
        }
    };
    let negated = starts
        .iter()
        .any(|s| s.resource.as_ref().is_some_and(|r| r.negated));
    if negated || patterns().any(|p| may_be_document(&p.value)) {
        return;
    }
    if let Some(first) = patterns().next() {
        out.push(RULE.at(
            &first.span,
            "`ssm:StartSession` is allowed on this and on no document; a session needs both.",
        ));
    }
}

fn account(p: &super::super::ast::Text) -> Option<Finding> {
    let parts: Vec<&str> = p.value.splitn(6, ':').collect();
    let ["arn", partition, "ssm", region, account, last] = parts.as_slice() else {
        return None;
    };
    let name = last.strip_prefix("document/")?;
    let of_aws = name.starts_with("AWS-") || name.starts_with("AWSSupport-");
    let has_account = !account.is_empty() && !account.contains('*');
    if of_aws && has_account {
        let fix = format!("arn:{partition}:ssm:{region}::{last}");
        let text = format!(
            "`{name}` is a document of AWS: its ARN has an empty account, and this one never matches."
        );
        return Some(
            RULE.at(&p.span, text)
                .text_patch(&p.span, &fix, "leave the account empty"),
        );
    }
    if account.is_empty() && !name.starts_with(['*', 'A', '?', '$']) {
        let text =
            format!("`{name}` is no document of AWS: its ARN has the number of the account.");
        return Some(RULE.at(&p.span, text));
    }
    None
}
