//! A demand for MFA that long-term keys slip through.

use super::{
    super::operator::{Base, Operator},
    Context, Finding, Rule,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "mfa-deny-without-if-exists",
        level: Level::Warning,
        headline: "Long-term keys slip through the MFA condition",
        what: "A `Deny` with `Bool` on `aws:MultiFactorAuthPresent` being `false`, without `IfExists`.",
        why: "Requests with long-term access keys do not have the key: the `Deny` does not apply to them.",
        fix: "Use `BoolIfExists`.",
        source: "IAM User Guide, AWS global condition context keys: aws:MultiFactorAuthPresent",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for c in cx.denies().flat_map(|s| &s.conditions) {
        let is_bool = Operator::parse(&c.operator.value)
            .is_some_and(|o| o.base == Base::Bool && !o.if_exists);
        let denies_absence = c
            .values
            .iter()
            .any(|v| v.value.eq_ignore_ascii_case("false"));
        if is_bool
            && denies_absence
            && c.key
                .value
                .eq_ignore_ascii_case("aws:MultiFactorAuthPresent")
        {
            let text = "Requests with long-term access keys do not have `aws:MultiFactorAuthPresent`, so they are not denied.";
            out.push(RULE.at(&c.operator.span, text).text_patch(
                &c.operator.span,
                "BoolIfExists",
                "use `BoolIfExists`",
            ));
        }
    }
}
