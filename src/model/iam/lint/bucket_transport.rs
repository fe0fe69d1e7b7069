//! A refusal of plain HTTP that forgets the objects.

use super::{
    Context, Finding, Rule,
    context::{condition, resources},
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "transport-deny-incomplete",
        level: Level::Warning,
        headline: "Plain HTTP stays possible",
        what: "A `Deny` on `aws:SecureTransport` whose resources are the bucket without its objects, or the objects without the bucket.",
        why: "Object actions are checked against `BUCKET/*` and bucket actions against `BUCKET`: what is not listed can be used over plain HTTP.",
        fix: "List both ARNs.",
        source: "S3 User Guide, bucket policy examples: restrict access to only HTTPS requests",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for s in cx
        .denies()
        .filter(|s| condition(s, "aws:SecureTransport").is_some())
    {
        let patterns = resources(s);
        for p in patterns.iter().filter(|p| p.value != "*") {
            // A symbol that is the whole ARN of a bucket stands for the bucket.
            let last = p.value.splitn(6, ':').nth(5).unwrap_or(&p.value);
            let bare = !last.contains('*') && !closes(&p.value).contains('/');
            let (other, what) = if bare {
                (format!("{}/*", p.value), "its objects")
            } else if let Some(bucket) = p.value.strip_suffix("/*") {
                (bucket.to_owned(), "the bucket itself")
            } else {
                continue;
            };
            let has = |q: &str| {
                patterns
                    .iter()
                    .any(|o| o.value == q || o.value == format!("{}*", q.trim_end_matches("/*")))
            };
            if !has(&other) {
                let text = format!(
                    "This covers `{}` and not {what}: `{other}` is missing.",
                    p.value
                );
                let both = serde_json::json!([p.value, other]).to_string();
                let whole = s.resource.as_ref().filter(|_| patterns.len() == 1);
                let finding = RULE.at(&p.span, text);
                out.push(match whole {
                    Some(r) => finding.raw_patch(&r.span, both, format!("add `{other}`")),
                    None => finding,
                });
            }
        }
    }
}

/// Returns what follows the last `${…}`, in which a slash is no separator of this text.
fn closes(text: &str) -> &str {
    text.rsplit_once('}').map_or(text, |(_, rest)| rest)
}
