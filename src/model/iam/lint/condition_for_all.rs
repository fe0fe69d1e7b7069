//! `ForAllValues` that also holds without the key.

use super::{
    super::operator::{Base, Operator, Quantifier},
    Context, Finding, Rule,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "for-all-values-unguarded",
        level: Level::Warning,
        headline: "ForAllValues holds without the key",
        what: "`ForAllValues:` in an `Allow` whose key no other condition of the statement requires to be there.",
        why: "It is true for a request that does not have the key at all, so it limits nothing for whoever leaves the key out.",
        fix: "Add `\"Null\": {\"KEY\": \"false\"}` to the statement.",
        source: "IAM User Guide, single-valued versus multivalued context keys",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for s in cx.allows() {
        for c in &s.conditions {
            let is_for_all = Operator::parse(&c.operator.value)
                .is_some_and(|o| o.quantifier == Quantifier::ForAll);
            if !is_for_all {
                continue;
            }
            let guarded = s.conditions.iter().any(|g| {
                let Some(o) = Operator::parse(&g.operator.value) else {
                    return false;
                };
                let same = g.key.value.eq_ignore_ascii_case(&c.key.value);
                let present = o.base == Base::Null
                    && g.values
                        .iter()
                        .all(|v| v.value.eq_ignore_ascii_case("false"));
                let needs = o.base != Base::Null
                    && !o.if_exists
                    && !o.base.is_negated()
                    && o.quantifier != Quantifier::ForAll;
                same && (present || needs)
            });
            if !guarded {
                let text = format!(
                    "`{}` on `{}` also holds where the request does not have the key. Add `\"Null\": {{\"{}\": \"false\"}}`.",
                    c.operator.value, c.key.value, c.key.value
                );
                out.push(RULE.at(&c.key.span, text));
            }
        }
    }
}
