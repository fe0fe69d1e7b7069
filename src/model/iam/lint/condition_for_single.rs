//! Quantifiers on keys that have one value.

use super::{
    super::operator::{Operator, Quantifier},
    Context, Finding, Rule,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "quantifier-on-single",
        level: Level::Warning,
        headline: "Quantifier on a key with one value",
        what: "`ForAllValues:` or `ForAnyValue:` on a key that has one value, or a key with several values compared without one of them.",
        why: "`ForAllValues:` makes a single-valued condition hold where the key is missing; without a quantifier AWS does not say what a key with several values means.",
        fix: "Drop the quantifier for keys with one value; say `ForAnyValue:` or `ForAllValues:` for keys with several.",
        source: "IAM User Guide, single-valued versus multivalued context keys",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for c in cx.document.statements.iter().flat_map(|s| &s.conditions) {
        let (Some(o), Some(key)) = (Operator::parse(&c.operator.value), cx.key(&c.key.value))
        else {
            continue;
        };
        if o.base == super::super::operator::Base::Null {
            continue;
        }
        let name = &c.key.value;
        match (o.quantifier, key.multi) {
            (Quantifier::ForAll, false) => {
                out.push(RULE.at(
                    &c.operator.span,
                    format!(
                        "`{name}` has one value; `ForAllValues:` only adds that it may be missing."
                    ),
                ));
            }
            (Quantifier::ForAny, false) => {
                let text = format!("`{name}` has one value; `ForAnyValue:` says nothing here.");
                out.push(RULE.at(&c.operator.span, text).level(Level::Advice));
            }
            (Quantifier::None, true) => {
                let text = format!(
                    "`{name}` may have several values; say whether any or all of them must match."
                );
                out.push(RULE.at(&c.operator.span, text).level(Level::Advice));
            }
            _ => {}
        }
    }
}
