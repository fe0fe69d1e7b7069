//! Encryption that a session demands of its log.

use bastionless_model::base::{Level, RuleDoc};

use super::{Estate, Found, Rule, sessions};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "session-log-not-encrypted",
        level: Level::Warning,
        headline: "The log is not encrypted as the document demands",
        what: "A session document with `cloudWatchEncryptionEnabled` whose log group has no `kms_key_id`.",
        why: "Session Manager checks it when a session starts, and the session fails.",
        fix: "Set `kms_key_id` of the log group.",
        source: "Systems Manager User Guide, logging session data using CloudWatch Logs",
    },
    check,
};

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    for document in sessions::documents(estate)
        .iter()
        .filter(|d| d.is_on("cloudWatchEncryptionEnabled"))
    {
        let Some(name) = document.text("cloudWatchLogGroupName") else {
            continue;
        };
        let plain = estate
            .of("aws_cloudwatch_log_group")
            .find(|g| g.is_named(name) && g.is_unset("kms_key_id"));
        if let Some(group) = plain {
            let text =
                "The session document demands encryption of this log group, which has no key.";
            out.push(
                RULE.at(group, "kms_key_id", text)
                    .context(document.object.at("content"), "demanded here"),
            );
        }
    }
}
