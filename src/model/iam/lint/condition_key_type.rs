//! Operators that do not fit the type of the key.

use super::{
    super::{
        catalogue::KeyKind,
        operator::{Family, Operator},
    },
    Context, Finding, Rule,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "operator-not-of-key",
        level: Level::Warning,
        headline: "The operator does not fit the key",
        what: "An operator of another type than the key, such as `StringEquals` on a number or `NumericEquals` on a text.",
        why: "The values are compared as the operator's type: numbers as text (22 is not 22.0), texts as numbers that they are not.",
        fix: "Use an operator of the key's type; the finding suggests one.",
        source: "AWS Service Authorization Reference, condition key types; IAM User Guide, condition operators",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for c in cx.document.statements.iter().flat_map(|s| &s.conditions) {
        let (Some(o), Some(key)) = (Operator::parse(&c.operator.value), cx.key(&c.key.value))
        else {
            continue;
        };
        let family = o.base.family();
        let fits = match key.kind {
            _ if family == Family::Null => true,
            KeyKind::String => family == Family::String,
            // An ARN is a text, and many policies rightly compare it as one.
            KeyKind::Arn => matches!(family, Family::Arn | Family::String),
            KeyKind::Numeric => family == Family::Numeric,
            KeyKind::Bool => family == Family::Bool,
            KeyKind::Date => matches!(family, Family::Date | Family::Numeric),
            KeyKind::IpAddress => family == Family::Ip,
            KeyKind::Binary => family == Family::Binary,
        };
        // Some texts hold ARNs: keys that the reference gives as texts, tags, encryption contexts. Comparing them as ARNs works.
        let holds_arns = c.key.value.to_ascii_lowercase().ends_with("arn")
            || c.values
                .iter()
                .all(|v| v.value.starts_with("arn:") || v.value.starts_with(['*', '$']));
        if fits || (family == Family::Arn && key.kind == KeyKind::String && holds_arns) {
            continue;
        }
        let name = operator_of(key.kind, o.base.is_negated());
        let text = format!(
            "`{}` holds {}, which `{}` does not compare.",
            c.key.value,
            what(key.kind),
            c.operator.value
        );
        let shared = cx
            .document
            .statements
            .iter()
            .flat_map(|s| &s.conditions)
            .filter(|d| d.operator.span == c.operator.span)
            .count();
        let finding = RULE.at(&c.operator.span, text);
        // An operator with several keys cannot be renamed for one of them.
        out.push(
            if shared == 1 && o.quantifier == super::super::operator::Quantifier::None {
                let suffix = if o.if_exists { "IfExists" } else { "" };
                let name = format!("{name}{suffix}");
                finding.text_patch(&c.operator.span, &name, format!("use `{name}`"))
            } else {
                finding
            },
        );
    }
}

fn what(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::String => "a text",
        KeyKind::Arn => "an ARN",
        KeyKind::Numeric => "a number",
        KeyKind::Bool => "a truth value",
        KeyKind::Date => "a date",
        KeyKind::IpAddress => "an address",
        KeyKind::Binary => "binary data",
    }
}

fn operator_of(kind: KeyKind, negated: bool) -> &'static str {
    match (kind, negated) {
        (KeyKind::String, false) => "StringEquals",
        (KeyKind::String, true) => "StringNotEquals",
        (KeyKind::Arn, false) => "ArnLike",
        (KeyKind::Arn, true) => "ArnNotLike",
        (KeyKind::Numeric, false) => "NumericEquals",
        (KeyKind::Numeric, true) => "NumericNotEquals",
        (KeyKind::Bool, _) => "Bool",
        (KeyKind::Date, false) => "DateEquals",
        (KeyKind::Date, true) => "DateNotEquals",
        (KeyKind::IpAddress, false) => "IpAddress",
        (KeyKind::IpAddress, true) => "NotIpAddress",
        (KeyKind::Binary, _) => "BinaryEquals",
    }
}
