//! Texts that are no ARN.

use super::{
    super::ast::Text,
    Context, Finding, Rule,
    meet::{ArnText, arn},
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "arn-format",
        level: Level::Warning,
        headline: "Malformed ARN",
        what: "A `Resource` that is neither `*` nor an ARN (`arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`), an ARN with fewer than six parts, a wildcard in the service, or an account that is not twelve digits.",
        why: "AWS refuses what does not begin with `arn:`; the rest it takes, and it matches nothing.",
        fix: "Write all six parts; regions and accounts may be empty or `*`.",
        source: "IAM User Guide, IAM ARNs; IAM JSON policy elements: Resource",
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
        match arn(&p.value, cx.version()) {
            ArnText::All | ArnText::Opaque => {}
            ArnText::Broken => out.push(broken(p)),
            ArnText::Segments(_) => out.extend(parts(p)),
        }
    }
}

fn broken(p: &Text) -> Finding {
    let text = p.value.as_str();
    let count = text.split(':').count();
    if !text.starts_with("arn:") {
        // `**` is everything, too, as is an ARN behind a wildcard; only what cannot be an ARN is refused for certain.
        let level = if text.starts_with(['*', '?', '$']) {
            Level::Warning
        } else {
            Level::Error
        };
        let what = format!("`{text}` is neither `*` nor an ARN, which begins with `arn:`.");
        return RULE.at(&p.span, what).level(level);
    }
    if text.ends_with('*') {
        return RULE
            .at(
                &p.span,
                format!("`{text}` has {count} parts instead of six; what follows is taken as `*`."),
            )
            .level(Level::Advice);
    }
    let mut finding = RULE.at(
        &p.span,
        format!("`{text}` has {count} parts instead of six, and matches nothing."),
    );
    let parts: Vec<&str> = text.split(':').collect();
    if let [a, partition, service, region, rest] = parts.as_slice()
        && rest.contains('/')
    {
        let fix = format!("{a}:{partition}:{service}:{region}:*:{rest}");
        finding = finding.text_patch(&p.span, &fix, "the account is missing");
    }
    finding
}

fn parts(p: &Text) -> Option<Finding> {
    let mut parts = p.value.splitn(6, ':').skip(2);
    let (service, account) = (parts.next()?, parts.nth(1)?);
    if service.contains(['*', '?']) && !service.contains('$') {
        let text = format!("The service of an ARN takes no wildcard; `{service}` is one.");
        return Some(RULE.at(&p.span, text));
    }
    let plain = !account.is_empty() && account.chars().all(|c| c.is_ascii_digit());
    if plain && account.len() != 12 {
        let text = format!("`{account}` is no account: an account is twelve digits.");
        return Some(RULE.at(&p.span, text));
    }
    None
}
