//! Every key.

use super::{
    Context, Finding, Rule,
    context::{everything, limits},
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "decrypt-with-any-key",
        level: Level::Warning,
        headline: "Every key may be used",
        what: "`kms:Decrypt`, `kms:ReEncryptFrom`, `kms:CreateGrant` or all of `kms:` on every key, in a policy of a user or role, without a condition on the key, the service or the encryption context.",
        why: "It opens everything in the account whose key trusts IAM policies, not only sessions and their logs.",
        fix: "List the ARNs of the keys, or add a condition such as `kms:ResourceAliases` or `kms:ViaService`.",
        source: "KMS Developer Guide, best practices for IAM policies",
    },
    check,
};

const USES: &[&str] = &["kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant"];

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if !cx.kind.grants() {
        return;
    }
    for s in cx.allows() {
        let bounded = s.conditions.iter().any(|c| {
            let key = c.key.value.to_ascii_lowercase();
            limits(c)
                && (key.starts_with("kms:")
                    || key.starts_with("aws:resource")
                    || key.starts_with("aws:calledvia"))
        });
        if bounded || everything(s, &["key"]).is_none() || s.action.negated {
            continue;
        }
        if let Some((action, span)) = super::covers_any(s, USES)
            && cx.text.get(span.clone()) != Some("\"*\"")
        {
            let text = format!(
                "`{action}` is allowed with every key. List the ARNs of the keys that are needed."
            );
            out.push(RULE.at(&span, text));
        }
    }
}
