//! Actions that do not exist.

use super::{Context, Finding, Rule, words};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "unknown-action",
        level: Level::Warning,
        headline: "Unknown action",
        what: "An action that its service does not have, or a wildcard that matches none of the service's actions. Only services of the built-in catalogue are judged.",
        why: "IAM accepts the name and it never matches: an `Allow` grants nothing, and a `Deny` forbids nothing.",
        fix: "Correct the name; the finding suggests the nearest one.",
        source: "AWS Service Authorization Reference; IAM User Guide, IAM JSON policy elements: Action",
    },
    check,
};

/// Prefixes so long that a slip of one or two letters is no other service.
const LONG: usize = 8;

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for pattern in cx
        .document
        .statements
        .iter()
        .flat_map(|s| &s.action.patterns)
    {
        let text = pattern.value.as_str();
        if text == "*" || text.starts_with("${") {
            continue;
        }
        let Some((service, name)) = text.split_once(':') else {
            let what = format!(
                "`{text}` is no action: an action is written `service:Action`. AWS refuses the policy."
            );
            out.push(RULE.at(&pattern.span, what).level(Level::Error));
            continue;
        };
        let known = cx.catalogue.services.keys().filter(|k| k.len() >= LONG);
        let near = || {
            words::nearest(service, known).filter(|n| strsim::damerau_levenshtein(n, service) <= 2)
        };
        match cx.actions(text) {
            Some(found) if !found.is_empty() => {}
            Some(_) => out.push(unknown(cx, pattern, service, name)),
            None => {
                if let Some(meant) = near() {
                    let what = format!("The service `{service}` is not known.");
                    let fix = format!("{meant}:{name}");
                    let why = format!("did you mean `{fix}`?");
                    out.push(
                        RULE.at(&pattern.span, what)
                            .text_patch(&pattern.span, &fix, why),
                    );
                }
            }
        }
    }
}

fn unknown(
    cx: &Context<'_>,
    pattern: &super::super::ast::Text,
    service: &str,
    name: &str,
) -> Finding {
    let wild = name.contains(['*', '?']);
    let what = if wild {
        format!("`{}` matches no action of the service.", pattern.value)
    } else {
        format!("`{service}` has no action `{name}`; IAM takes the name and it never matches.")
    };
    let finding = RULE.at(&pattern.span, what);
    let names = cx
        .catalogue
        .services
        .get(&service.to_ascii_lowercase())
        .into_iter()
        .flat_map(|s| s.actions.values());
    let meant = words::nearest(name, names.map(|a| a.name)).filter(|_| !wild);
    match meant {
        Some(meant) => {
            let fix = format!("{service}:{meant}");
            finding.text_patch(&pattern.span, &fix, format!("did you mean `{fix}`?"))
        }
        None => finding,
    }
}
