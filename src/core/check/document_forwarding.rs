//! Sessions that no log sees.

use bastionless_model::{
    base::{Level, RuleDoc},
    iam::{ast::Effect, lint::covers, pattern::Pattern},
};

use super::{Estate, Found, Rule, policies, sessions};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "forwarding-not-logged",
        level: Level::Warning,
        headline: "Forwarded sessions are not logged",
        what: "A policy that allows `ssm:StartSession` with a document that forwards SSH or ports, in a configuration whose session document sends logs to S3 or CloudWatch.",
        why: "Session Manager logs no content of SSH and port-forwarding sessions: it is an opaque tunnel. Whoever relies on the logs does not see them.",
        fix: "Leave the forwarding documents out, or log on the instance (`sshd`, `auditd`) and say so.",
        source: "Systems Manager User Guide, logging session activity",
    },
    check,
};

const FORWARDING: &[&str] = &[
    "AWS-StartSSHSession",
    "AWS-StartPortForwardingSession",
    "AWS-StartPortForwardingSessionToRemoteHost",
];

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    let documents = sessions::documents(estate);
    let Some(logged) = documents.iter().find(|d| d.is_logged()) else {
        return;
    };
    for policy in policies::all(estate)
        .into_iter()
        .filter(|p| p.kind.grants())
    {
        let allows = policy
            .parsed
            .document
            .statements
            .iter()
            .filter(|s| s.effect == Effect::Allow);
        for s in allows.filter(|s| covers(s, "ssm:StartSession").is_some()) {
            let patterns = s
                .resource
                .iter()
                .filter(|r| !r.negated)
                .flat_map(|r| &r.patterns);
            let open = patterns.into_iter().find_map(|p| {
                let last = p.value.splitn(6, ':').nth(5).unwrap_or(&p.value);
                let name = last.strip_prefix("document/").map(Pattern::wild)?;
                FORWARDING.iter().find(|f| name.matches(f))
            });
            if let Some(name) = open {
                let text = format!("`{name}` is allowed, and its sessions never reach the logs.");
                let found = RULE.at(policy.object, &policy.attribute, text);
                out.push(found.context(logged.object.at("content"), "sessions are logged here"));
            }
        }
    }
}
