//! Wildcards that AWS's own texts read in two ways.

use super::{Context, Finding, Rule};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "ambiguous-wildcard",
        level: Level::Warning,
        headline: "Ambiguous wildcard",
        what: "A `*` at the end of an inner part of an ARN that holds other characters, as in `arn:aws:ec2:eu-*:…`, or an ARN with fewer than six parts that ends in `*`.",
        why: "AWS's guide says that such a `*` may run over colons, other AWS texts and known engines match part by part: the policy may allow more than it looks.",
        fix: "Write the part out, use a bare `*` for it, or a condition such as `aws:RequestedRegion`.",
        source: "IAM User Guide, IAM JSON policy elements: Resource",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for p in cx
        .document
        .statements
        .iter()
        .filter_map(|s| s.resource.as_ref())
        .flat_map(|r| &r.patterns)
    {
        if !p.value.starts_with("arn:") {
            continue;
        }
        let parts: Vec<&str> = p.value.splitn(6, ':').collect();
        let inner = parts.len().min(5);
        let ends = parts
            .iter()
            .take(inner)
            .find(|s| s.len() > 1 && s.ends_with('*') && !s.trim_matches('*').is_empty());
        let short = parts.len() < 6 && p.value.ends_with('*');
        let text = match ends {
            Some(part) => format!(
                "The `*` at the end of `{part}` may be read as reaching over the colons after it."
            ),
            None if short => format!(
                "`{}` has {} parts instead of six: the last `*` is read as all that follows.",
                p.value,
                parts.len()
            ),
            None => continue,
        };
        out.push(RULE.at(&p.span, text));
    }
}
