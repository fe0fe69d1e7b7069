//! Commands beside sessions.

use super::{
    Context, Finding, Rule,
    context::{everything, resources},
    covers,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "send-command-with-sessions",
        level: Level::Warning,
        headline: "Commands as root beside sessions",
        what: "`ssm:SendCommand` with every document, or with one that runs any command, in a policy that starts sessions or opens tunnels.",
        why: "Run Command runs as root on every node that the statement covers, past the session document, its logging and its user.",
        fix: "Leave it out; the console wants it only for its \"update agent\" button. If it is needed, list the documents.",
        source: "Systems Manager User Guide, sample IAM policies for Session Manager; AWS samples, IAM permissions guardrails (IAM-SSM-1)",
    },
    check,
};

const SESSIONS: &[&str] = &[
    "ssm:StartSession",
    "ec2-instance-connect:OpenTunnel",
    "ec2-instance-connect:SendSSHPublicKey",
];
const ANY_COMMAND: &[&str] = &[
    "document/AWS-RunShellScript",
    "document/AWS-RunPowerShellScript",
    "document/AWS-RunRemoteScript",
];

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants()
        || !cx
            .allows()
            .any(|s| super::covers_any(s, SESSIONS).is_some())
    {
        return;
    }
    for s in cx.allows() {
        let Some(span) = covers(s, "ssm:SendCommand") else {
            continue;
        };
        let any = resources(s)
            .iter()
            .any(|p| ANY_COMMAND.iter().any(|d| p.value.ends_with(d)));
        let is_everything = cx.text.get(span.clone()) == Some("\"*\"");
        if (any || everything(s, &["document"]).is_some()) && !is_everything {
            out.push(RULE.at(&span, "`ssm:SendCommand` runs commands as root, past sessions and their logs. A session does not need it."));
        }
    }
}
