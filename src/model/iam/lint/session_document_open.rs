//! Documents that let through any port, host or command.

use super::super::pattern::Pattern;
use super::{Context, Finding, Rule, context::resources, covers, words};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "open-session-document",
        level: Level::Warning,
        headline: "The document sets no limit",
        what: "`ssm:StartSession` with a document of AWS that forwards any port, to any host, or runs any command.",
        why: "There is no condition key for the parameters of a document: nothing limits port, host or command, and nothing of it is logged.",
        fix: "Write a document of your own whose parameters have an `allowedPattern`, or none, and allow only that one.",
        source: "Systems Manager User Guide, restrict access to commands in a session; session document schema",
    },
    check,
};

const OPEN: &[&str] = &[
    "document/AWS-StartPortForwardingSession",
    "document/AWS-StartPortForwardingSessionToRemoteHost",
    "document/AWS-StartPortForwardingSessionToSocket",
    "document/AWS-StartInteractiveCommand",
    "document/AWS-StartNonInteractiveCommand",
];

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants() {
        return;
    }
    for s in cx
        .allows()
        .filter(|s| covers(s, "ssm:StartSession").is_some())
    {
        for p in resources(s) {
            let Some(last) = p
                .value
                .splitn(6, ':')
                .nth(5)
                .filter(|l| l.starts_with("document/"))
            else {
                continue;
            };
            let pattern = Pattern::wild(last);
            let open: Vec<&str> = OPEN
                .iter()
                .filter(|d| pattern.matches(d))
                .filter_map(|d| d.strip_prefix("document/"))
                .collect();
            if !open.is_empty() {
                let text = format!(
                    "{} sets no limit to ports, hosts or commands.",
                    words::list(open, 2)
                );
                out.push(RULE.at(&p.span, text));
            }
        }
    }
}
