//! Operators that do not exist.

use super::{
    super::operator::{Base, Operator},
    Context, Finding, Rule, words,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "unknown-operator",
        level: Level::Error,
        headline: "Unknown condition operator",
        what: "A condition operator that IAM does not have.",
        why: "AWS refuses the policy.",
        fix: "Correct the name; the finding suggests the nearest one.",
        source: "IAM User Guide, IAM JSON policy elements: condition operators",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for c in cx.document.statements.iter().flat_map(|s| &s.conditions) {
        let text = c.operator.value.as_str();
        if Operator::parse(text).is_some() {
            continue;
        }
        let (prefix, name) = text.rsplit_once(':').map_or(("", text), |(p, n)| (p, n));
        let (name, suffix) = name
            .strip_suffix("IfExists")
            .map_or((name, ""), |n| (n, "IfExists"));
        let finding = RULE.at(
            &c.operator.span,
            format!("There is no condition operator `{text}`."),
        );
        let near = words::nearest(name, Base::ALL.iter().map(|b| b.name()));
        let quantifier = ["ForAllValues", "ForAnyValue"].into_iter();
        let prefix = if prefix.is_empty() {
            Some("")
        } else {
            words::nearest(prefix, quantifier)
        };
        let meant = near.zip(prefix).map(|(n, p)| {
            if p.is_empty() {
                format!("{n}{suffix}")
            } else {
                format!("{p}:{n}{suffix}")
            }
        });
        out.push(match meant.filter(|m| Operator::parse(m).is_some()) {
            Some(m) => finding.text_patch(&c.operator.span, &m, format!("did you mean `{m}`?")),
            None => finding,
        });
    }
}
