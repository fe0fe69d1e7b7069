//! Everybody.

use super::{super::ast::PrincipalKind, Context, Finding, Kind, Rule, context::limits};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "public-principal",
        level: Level::Warning,
        headline: "Everybody is allowed",
        what: "`Principal` `*` in an `Allow` of a trust, bucket, key or other resource policy, without a condition on who or where the caller is. Endpoint policies, in which `*` is usual, have a rule of their own.",
        why: "Any account, for S3 even anonymous callers, may use the resource.",
        fix: "Name the principals, or add a condition such as `aws:PrincipalOrgID`, `aws:PrincipalArn` or `aws:SourceVpce`.",
        source: "IAM User Guide, IAM JSON policy elements: Principal; S3 User Guide, the meaning of \"public\"",
    },
    check,
};

/// Keys that say who calls, or from where: lower case, as they begin.
const WHO: &[&str] = &[
    "aws:principal",
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceorg",
    "aws:sourcevpc",
    "aws:sourceip",
    "aws:userid",
    "aws:username",
    "aws:vpcsourceip",
    "kms:calleraccount",
    "kms:viaservice",
    "s3:dataaccesspoint",
    "saml:",
    "sts:externalid",
];

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if cx.kind == Kind::Endpoint || cx.kind.is_identity() {
        return;
    }
    for s in cx.allows() {
        let Some(p) = s.principal.as_ref().filter(|p| !p.negated) else {
            continue;
        };
        let open = p.entries.iter().find(|e| {
            e.value.value == "*" && matches!(e.kind, PrincipalKind::Any | PrincipalKind::Aws)
        });
        let limited = s.conditions.iter().any(|c| {
            let key = c.key.value.to_ascii_lowercase();
            limits(c)
                && WHO.iter().any(|w| key.starts_with(w))
                && !c
                    .values
                    .iter()
                    .any(|v| v.value == "*" || v.value == "0.0.0.0/0")
        });
        if let Some(e) = open.filter(|_| !limited) {
            out.push(RULE.at(&e.value.span, "Every principal of every account is allowed, and no condition says who or from where."));
        }
    }
}
