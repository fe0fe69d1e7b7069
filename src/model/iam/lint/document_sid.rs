//! Names of statements.

use std::collections::BTreeMap;

use super::{Context, Finding, Rule};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "statement-id",
        level: Level::Error,
        headline: "Invalid Sid",
        what: "Two statements with the same `Sid`; in a policy that IAM keeps, a `Sid` with other characters than ASCII letters and digits.",
        why: "IAM refuses the policy. Other services take it, and nobody can tell the statements apart.",
        fix: "Give each statement a name of its own, or none.",
        source: "IAM User Guide, IAM JSON policy elements: Sid",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    let level = if cx.kind.is_of_iam() {
        Level::Error
    } else {
        Level::Warning
    };
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for sid in cx
        .document
        .statements
        .iter()
        .filter_map(|s| s.sid.as_ref())
        .filter(|s| !s.value.is_empty())
    {
        let count = seen.entry(sid.value.as_str()).or_default();
        *count += 1;
        if *count > 1 {
            let text = format!("`{}` is the `Sid` of an earlier statement.", sid.value);
            let name = format!("{}{count}", sid.value);
            out.push(RULE.at(&sid.span, text).level(level).text_patch(
                &sid.span,
                &name,
                "give it another name",
            ));
        }
        if cx.kind.is_of_iam()
            && !sid.value.chars().all(|c| c.is_ascii_alphanumeric())
            && !sid.value.contains("${")
        {
            let text = format!(
                "`{}` holds other characters than letters and digits, which IAM refuses.",
                sid.value
            );
            let name: String = sid
                .value
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            let finding = RULE.at(&sid.span, text);
            out.push(if name.is_empty() {
                finding
            } else {
                finding.text_patch(&sid.span, &name, "leave them out")
            });
        }
    }
}
