//! Every action, or every action of a service.

use super::{Context, Finding, Kind, Rule, context::is_star};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "wildcard-action",
        level: Level::Warning,
        headline: "Every action of a service is allowed",
        what: "`*` or `SERVICE:*` in the `Action` of an `Allow`. Key policies that give the account its key (`kms:*`) are not meant, nor are endpoint policies, which have a rule of their own.",
        why: "It grants what nobody has read, and what the service will learn tomorrow.",
        fix: "List the actions that are needed.",
        source: "IAM User Guide, grant least privilege",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if matches!(cx.kind, Kind::Endpoint | Kind::ServiceControl | Kind::Key) {
        return;
    }
    for s in cx.allows().filter(|s| !s.action.negated) {
        for p in &s.action.patterns {
            let everything = is_star(&p.value);
            let service = p.value.split_once(':').filter(|(_, name)| is_star(name));
            let text = match service {
                _ if everything => "Every action of every service is allowed.".to_owned(),
                Some((service, _)) => {
                    let count = cx.actions(&p.value).map_or(0, |a| a.len());
                    let many = if count > 0 {
                        format!(", {count} today")
                    } else {
                        String::new()
                    };
                    format!(
                        "Every action of `{service}` is allowed{many}. Name those that are needed."
                    )
                }
                None => continue,
            };
            out.push(RULE.at(&p.span, text));
        }
    }
}
