//! Policies that are too long.

use super::{Context, Finding, Rule, limits};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "too-long",
        level: Level::Error,
        headline: "The policy is too long",
        what: "A policy with more characters than its kind may have: 6,144 for a managed policy, 2,048 for a trust or session policy, 20,480 for a bucket or endpoint policy and so on; IAM does not count white space.",
        why: "AWS refuses it.",
        fix: "Split it into several policies, or use wildcards and conditions instead of long lists.",
        source: "IAM User Guide, IAM and AWS STS quotas; S3, KMS and VPC guides",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    let Some(limit) = limits::of(cx.kind) else {
        return;
    };
    let length = cx
        .text
        .chars()
        .filter(|c| limit.counts_space || !c.is_whitespace())
        .count();
    if length <= limit.most {
        return;
    }
    let space = if limit.counts_space {
        ""
    } else {
        " without white space"
    };
    let text = format!(
        "The policy has {length} characters{space}; {} may have {}.",
        limit.what, limit.most
    );
    let is_refused = length > limit.raised.unwrap_or(limit.most);
    let more = if is_refused {
        String::new()
    } else {
        " The quota can be raised.".to_owned()
    };
    // Names that stand for unknown values are longer or shorter than these.
    let is_exact =
        !cx.text.contains("${") || cx.document.statements.iter().all(|s| !has_symbols(cx, s));
    let level = if is_refused && is_exact {
        Level::Error
    } else {
        Level::Warning
    };
    let start = cx.document.span.start;
    out.push(
        RULE.at(&(start..start + 1), format!("{text}{more}"))
            .level(level),
    );
}

fn has_symbols(cx: &Context<'_>, s: &super::super::ast::Statement) -> bool {
    let resources = s.resource.iter().flat_map(|r| &r.patterns);
    let values = s.conditions.iter().flat_map(|c| &c.values);
    let principals = s
        .principal
        .iter()
        .flat_map(|p| p.entries.iter().map(|e| &e.value));
    let mut texts = resources.chain(values).chain(principals);
    texts.any(|t| super::super::template::Template::wild(&t.value, cx.version()).has_symbols())
}
