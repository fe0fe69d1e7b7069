//! A condition that session encryption cannot meet.

use super::{
    Context, Finding, Rule,
    context::{condition, limits},
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "session-key-via-service",
        level: Level::Warning,
        headline: "Encrypted sessions do not come through Systems Manager",
        what: "`kms:ViaService` with `ssm.…` on the key actions of a policy for sessions or for the agent.",
        why: "The client calls `kms:GenerateDataKey` and the agent `kms:Decrypt` themselves: the key `kms:ViaService` is missing, and the session does not start. (For parameters in Parameter Store the condition is right; give them a statement in another policy.)",
        fix: "Scope the statement with the ARN of the session key, or with `kms:EncryptionContext:aws:ssm:TargetId`.",
        source: "Systems Manager User Guide, turn on KMS key encryption of session data",
    },
    check,
};

const SESSIONS: &[&str] = &[
    "ssm:StartSession",
    "ssmmessages:OpenDataChannel",
    "ssmmessages:OpenControlChannel",
];
const KEY_ACTIONS: &[&str] = &["kms:GenerateDataKey", "kms:Decrypt"];

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx
        .allows()
        .any(|s| super::covers_any(s, SESSIONS).is_some())
    {
        return;
    }
    for s in cx
        .allows()
        .filter(|s| super::covers_any(s, KEY_ACTIONS).is_some())
    {
        let Some(c) = condition(s, "kms:ViaService").filter(|c| limits(c)) else {
            continue;
        };
        // Another statement without the condition serves the sessions.
        let served = cx.allows().any(|o| {
            super::covers_any(o, KEY_ACTIONS).is_some() && condition(o, "kms:ViaService").is_none()
        });
        if let Some(v) = c
            .values
            .iter()
            .find(|v| v.value.starts_with("ssm."))
            .filter(|_| !served)
        {
            let text = format!(
                "Session encryption does not call KMS through `{}`: this statement never applies to it.",
                v.value
            );
            out.push(RULE.at(&v.span, text));
        }
    }
}
