//! Inputs of session documents that Session Manager does not take.

use bastionless_model::base::{Level, RuleDoc};
use serde_json::Value as Json;

use super::{Estate, Found, Rule, sessions};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "session-document-inputs",
        level: Level::Warning,
        headline: "Invalid input of a session document",
        what: "A session document with time limits that are no texts of minutes (`idleSessionTimeout` 1 to 60, `maxSessionDuration` 1 to 1440), an ARN where the name of a bucket or log group is wanted, or the alias of a key without its ARN.",
        why: "Sessions with the document fail, or go unlogged, at the time of use.",
        fix: "Write minutes as texts and names instead of ARNs.",
        source: "Systems Manager User Guide, session document schema",
    },
    check,
};

fn check(estate: &Estate<'_>, out: &mut Vec<Found>) {
    for document in sessions::documents(estate) {
        for (name, most) in [("idleSessionTimeout", 60), ("maxSessionDuration", 1440)] {
            let problem = match document.input(name) {
                None | Some(Json::Null) => None,
                Some(Json::String(t))
                    if t.is_empty() || t.starts_with("${") || t.starts_with("{{") =>
                {
                    None
                }
                Some(Json::String(t))
                    if t.parse::<u32>().is_ok_and(|n| (1..=most).contains(&n)) =>
                {
                    None
                }
                Some(Json::String(t)) => Some(format!(
                    "`{name}` is `{t}`; it is a number of minutes from 1 to {most}."
                )),
                Some(_) => Some(format!("`{name}` must be a text, such as `\"20\"`.")),
            };
            out.extend(problem.map(|text| RULE.at(document.object, "content", text)));
        }
        for name in ["s3BucketName", "cloudWatchLogGroupName"] {
            let arn = document
                .text(name)
                .filter(|t| t.starts_with("arn:") || t.ends_with(".arn}"));
            if arn.is_some() {
                out.push(RULE.at(
                    document.object,
                    "content",
                    format!("`{name}` is the ARN; Session Manager wants the name."),
                ));
            }
        }
        if document
            .text("kmsKeyId")
            .is_some_and(|k| k.starts_with("alias/"))
        {
            out.push(RULE.at(
                document.object,
                "content",
                "`kmsKeyId` is the id or ARN of a key, or the ARN of an alias.",
            ));
        }
    }
}
