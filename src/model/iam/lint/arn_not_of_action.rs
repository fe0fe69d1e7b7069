//! ARNs that none of the statement's actions can have.

use std::collections::BTreeSet;

use super::{
    super::{ast::Statement, catalogue::Action},
    Context, Finding, Rule,
    context::resources,
    meet::{ArnText, arn, arns_meet, format},
    words,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "arn-not-of-action",
        level: Level::Warning,
        headline: "Resource does not fit the action",
        what: "An ARN that no action of the statement is ever checked against, or an action for which none of the statement's ARNs can be.",
        why: "The pair never matches: the action is not allowed (or not denied), silently.",
        fix: "Use an ARN of a kind that the action works on; give each kind its own statement.",
        source: "AWS Service Authorization Reference, resource types",
    },
    check,
};

/// The most actions or kinds that a message lists.
const SHOWN: usize = 4;

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for s in cx.document.statements.iter().filter(|s| !s.action.negated) {
        let Some(groups) = groups(cx, s) else {
            continue;
        };
        let arns: Vec<_> = resources(s)
            .iter()
            .map(|p| (p, arn(&p.value, cx.version())))
            .collect();
        if arns.is_empty() {
            continue;
        }
        for (p, a) in &arns {
            let fits = groups
                .iter()
                .flat_map(|(_, actions)| actions)
                .any(|x| may_be(cx, x, a));
            if !fits {
                let kinds: BTreeSet<&str> = groups
                    .iter()
                    .flat_map(|(_, a)| a)
                    .flat_map(|a| formats(cx, a))
                    .collect();
                // Without any kind, the rule on actions that need `*` speaks.
                if !kinds.is_empty() {
                    let text = format!(
                        "None of the statement's actions works on `{}`; they work on {}.",
                        p.value,
                        words::list(kinds, SHOWN)
                    );
                    out.push(RULE.at(&p.span, text));
                }
            }
        }
        for (span, actions) in &groups {
            let has_kinds = actions.iter().all(|a| !a.resources.is_empty());
            let fits = actions
                .iter()
                .any(|x| arns.iter().any(|(_, a)| may_be(cx, x, a)));
            if has_kinds && !fits && groups.len() > 1 {
                let kinds: BTreeSet<&str> = actions.iter().flat_map(|a| formats(cx, a)).collect();
                let name = actions.first().map(|a| a.full_name()).unwrap_or_default();
                let text = format!(
                    "None of the statement's resources can be one of `{name}`, which works on {}.",
                    words::list(kinds, SHOWN)
                );
                out.push(RULE.at(span, text));
            }
        }
    }
}

/// The actions of each pattern; `None` if one of them cannot be judged.
type Groups = Vec<(std::ops::Range<usize>, Vec<&'static Action>)>;

fn groups(cx: &Context<'_>, s: &Statement) -> Option<Groups> {
    let mut out = Groups::new();
    for p in &s.action.patterns {
        let actions = cx.actions(&p.value)?;
        // An unknown action has its own rule.
        if actions.is_empty() {
            return None;
        }
        out.push((p.span.clone(), actions));
    }
    Some(out)
}

fn formats<'c>(cx: &Context<'c>, action: &Action) -> impl Iterator<Item = &'static str> + use<'c> {
    let catalogue = cx.catalogue;
    let kinds: Vec<_> = action
        .resources
        .iter()
        .filter_map(|r| catalogue.resource(action.service, &r.kind))
        .collect();
    kinds.into_iter().map(|k| k.arn)
}

/// Tells whether a pattern can be that of a resource of the action.
pub(super) fn may_be(cx: &Context<'_>, action: &Action, pattern: &ArnText) -> bool {
    match pattern {
        ArnText::All | ArnText::Opaque => true,
        // Its own rule speaks of it.
        ArnText::Broken => true,
        ArnText::Segments(segments) => {
            // The reference lists no resource for it, and the guide grants it to users on their sessions.
            let by_guide = action.full_name() == "ssmmessages:OpenDataChannel";
            let known = formats(cx, action).chain(
                by_guide
                    .then_some("arn:${Partition}:ssm:${Region}:${Account}:session/${SessionId}"),
            );
            known.filter_map(format).any(|f| arns_meet(&f, segments))
        }
    }
}
