//! What AWS's parser would not take.

use super::{Context, Finding, Rule};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "policy-shape",
        level: Level::Error,
        headline: "Malformed policy",
        what: "Elements that a policy does not have, missing or repeated ones, values of the wrong kind, a wrong `Version` or `Effect`.",
        why: "AWS refuses the policy, or reads it in another way than it looks.",
        fix: "Correct the element that the finding names.",
        source: "IAM User Guide, grammar of the IAM JSON policy language",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for p in cx.problems {
        let mut finding = RULE.at(&p.span, format!("{}.", p.what.trim_end_matches('.')));
        // Letter case and repetition are taken by some of AWS's readers.
        if p.what.contains("is written `") || p.what.contains("more than once") {
            finding = finding.level(Level::Warning);
        }
        if cx.document.version_span.as_ref() == Some(&p.span) {
            finding = finding.text_patch(&p.span, "2012-10-17", "use the current version");
        }
        out.push(finding);
    }
}
