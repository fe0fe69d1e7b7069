//! Policies without a version.

use super::{super::ast::Version, Context, Finding, Rule};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "old-version",
        level: Level::Advice,
        headline: "Old policy version",
        what: "A policy without `Version`, or with `2008-10-17`.",
        why: "The older version knows no policy variables: the first one that somebody adds stays literal text.",
        fix: "Set `\"Version\": \"2012-10-17\"`.",
        source: "IAM User Guide, IAM JSON policy elements: Version",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if cx.version() == Version::V2012 {
        return;
    }
    match &cx.document.version_span {
        // A version that does not exist is malformed.
        Some(_) if cx.has_wrong_version() => {}
        Some(span) => {
            let finding = RULE.at(span, "The version of 2008 knows no policy variables.");
            out.push(finding.text_patch(span, "2012-10-17", "use the current version"));
        }
        None => {
            let start = cx.document.span.start;
            let finding = RULE.at(
                &(start..start + 1),
                "No `Version` means the one of 2008, which knows no policy variables.",
            );
            out.push(finding.raw_patch(
                &(start..start + 1),
                "{\"Version\": \"2012-10-17\",",
                "say the version",
            ));
        }
    }
}
