//! Keys that a request for the action never has.

use super::{
    super::{
        ast::{Condition, Statement},
        catalogue::{Action, is_key},
        operator::{Base, Operator, Quantifier},
    },
    Context, Finding, Rule,
    context::is_meant,
    words,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "key-not-of-action",
        level: Level::Warning,
        headline: "The action does not have this condition key",
        what: "A condition on a key that requests for an action of the statement never have, or on a key that does not exist.",
        why: "A condition without its key is false (an `Allow` grants nothing, a `Deny` forbids nothing), or, negated, always true and limits nothing.",
        fix: "Use a key of the action, or give the action a statement without the condition.",
        source: "AWS Service Authorization Reference, condition keys; IAM User Guide, condition operators",
    },
    check,
};

/// Global keys that only some actions have.
const LISTED: &[&str] = &[
    "aws:RequestTag/${TagKey}",
    "aws:ResourceTag/${TagKey}",
    "aws:TagKeys",
];

/// Keys that every request with the credentials of an instance has, although the reference lists them with few actions.
const OF_INSTANCES: &[&str] = &[
    "ec2:SourceInstanceARN",
    "ssm:SourceInstanceARN",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceArn",
];

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    for s in &cx.document.statements {
        for c in &s.conditions {
            let Some(operator) = Operator::parse(&c.operator.value) else {
                continue;
            };
            if cx.key(&c.key.value).is_none() {
                out.extend(unknown(cx, c));
            } else if operator.base != Base::Null && !operator.if_exists && !s.action.negated {
                out.extend(missing(cx, s, c, operator));
            }
        }
    }
}

/// Names a key that no service of the catalogue and no request has.
fn unknown(cx: &Context<'_>, c: &Condition) -> Option<Finding> {
    let key = c.key.value.as_str();
    let (service, _) = key.split_once(':')?;
    let service = service.to_ascii_lowercase();
    let own = cx.catalogue.services.get(&service);
    if service != "aws" && own.is_none() {
        return None;
    }
    let names = cx
        .catalogue
        .global_keys
        .values()
        .chain(own.into_iter().flat_map(|s| s.keys.values()));
    let near = words::nearest(key, names.map(|k| k.name).filter(|n| !n.contains("${")));
    let finding = RULE.at(&c.key.span, format!("There is no condition key `{key}`."));
    Some(match near {
        Some(near) => finding.text_patch(&c.key.span, near, format!("did you mean `{near}`?")),
        // The list of global keys grows; a slip of the pen has a neighbour.
        None if service == "aws" => finding.level(Level::Advice),
        None => finding,
    })
}

fn missing(cx: &Context<'_>, s: &Statement, c: &Condition, operator: Operator) -> Option<Finding> {
    let key = c.key.value.as_str();
    let global =
        key.to_ascii_lowercase().starts_with("aws:") && !LISTED.iter().any(|k| is_key(k, key));
    if global || OF_INSTANCES.iter().any(|k| k.eq_ignore_ascii_case(key)) {
        return None;
    }
    let has = |a: &Action| {
        cx.catalogue
            .keys_of(a, None)
            .iter()
            .any(|k| is_meant(k, key))
    };
    let mut without: Vec<String> = Vec::new();
    let mut only_wild = true;
    for p in &s.action.patterns {
        let actions = cx.actions(&p.value)?;
        if !actions.is_empty() && !actions.iter().any(|a| has(a)) {
            only_wild &= p.value.contains(['*', '?']);
            without.push(if p.value.contains(['*', '?']) {
                p.value.clone()
            } else {
                actions.first()?.full_name()
            });
        }
    }
    if without.is_empty() {
        return None;
    }
    let holds = operator.base.is_negated() || operator.quantifier == Quantifier::ForAll;
    let effect = if holds {
        "the condition is always true for it"
    } else {
        "the statement never applies to it"
    };
    let names = words::list(without.iter().map(String::as_str), 3);
    let offers = match without.as_slice() {
        [one] => cx
            .catalogue
            .action(one)
            .map(|a| cx.catalogue.keys_of(a, None))
            .filter(|k| !k.is_empty()),
        _ => None,
    };
    let offers = offers
        .map(|k| format!(" It has {}.", words::list(k, 6)))
        .unwrap_or_default();
    // A wildcard beside actions that have the key is what AWS's own samples write.
    let level = if only_wild && without.len() < s.action.patterns.len() {
        Level::Advice
    } else {
        Level::Warning
    };
    Some(
        RULE.at(
            &c.key.span,
            format!("Requests for {names} do not have the key `{key}`: {effect}.{offers}"),
        )
        .level(level),
    )
}
