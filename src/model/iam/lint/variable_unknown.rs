//! Policy variables that do not exist or are not replaced.

use super::{
    super::{
        ast::{Text, Version},
        operator::{Family, Operator},
        template::{Part, Template},
    },
    Context, Finding, Rule, words,
};
use crate::base::{Level, RuleDoc};

pub(super) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "invalid-variable",
        level: Level::Warning,
        headline: "Invalid policy variable",
        what: "A policy variable that is no condition key, that may have several values, or that stands where AWS does not replace variables: before the fifth colon of an ARN, or in a number, date, address or `Null`.",
        why: "A variable that cannot be replaced makes the statement not apply: an `Allow` grants nothing, and a `Deny` forbids nothing.",
        fix: "Correct the name, or give a default value: `${aws:PrincipalTag/team, 'none'}`.",
        source: "IAM User Guide, IAM policy elements: variables and tags",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Finding>) {
    if cx.version() != Version::V2012 && !cx.has_wrong_version() {
        return;
    }
    for s in &cx.document.statements {
        for p in s.resource.iter().flat_map(|r| &r.patterns) {
            names(cx, p, out);
            let template = Template::wild(&p.value, Version::V2012);
            let replaced = |t: &Template| {
                t.parts
                    .iter()
                    .filter(|p| matches!(p, Part::Variable { .. }))
                    .count()
            };
            if p.value.starts_with("arn:")
                && replaced(&template) > replaced(&template.clone().for_resource())
            {
                out.push(RULE.at(&p.span, "Variables are replaced only after the fifth colon of an ARN; before, they are literal text."));
            }
        }
        for c in &s.conditions {
            let family = Operator::parse(&c.operator.value).map(|o| o.base.family());
            let replaces = matches!(
                family,
                Some(Family::String | Family::Arn | Family::Bool | Family::Binary) | None
            );
            for v in &c.values {
                names(cx, v, out);
                if !replaces && Template::plain(&v.value, Version::V2012).has_variables() {
                    out.push(RULE.at(
                        &v.span,
                        format!("`{}` does not replace variables.", c.operator.value),
                    ));
                }
            }
        }
    }
}

fn names(cx: &Context<'_>, text: &Text, out: &mut Vec<Finding>) {
    for part in Template::wild(&text.value, Version::V2012).parts {
        match part {
            Part::Variable { key, .. } => out.extend(name(cx, text, &key)),
            // Unknown values have a dot in their names; what has none was meant as a variable.
            Part::Symbol(symbol) if !symbol.contains('.') => {
                out.push(RULE.at(&text.span, format!("`{symbol}` is no policy variable: those have a service before a colon, as `${{aws:username}}`.")));
            }
            _ => {}
        }
    }
}

fn name(cx: &Context<'_>, text: &Text, key: &str) -> Option<Finding> {
    let service = key.split_once(':').map(|(s, _)| s.to_ascii_lowercase())?;
    if let Some(known) = cx.catalogue.key(key) {
        return known.multi.then(|| {
            RULE.at(
                &text.span,
                format!("`{key}` may have several values; only keys with one can be variables."),
            )
        });
    }
    let own = cx.catalogue.services.get(&service);
    if service != "aws" && own.is_none() {
        return None;
    }
    let all = cx
        .catalogue
        .global_keys
        .values()
        .chain(own.into_iter().flat_map(|s| s.keys.values()));
    let near = words::nearest(key, all.map(|k| k.name).filter(|n| !n.contains("${")));
    let finding = RULE.at(
        &text.span,
        format!("There is no policy variable `${{{key}}}`."),
    );
    Some(match near {
        Some(near) => {
            let fixed = text
                .value
                .replace(&format!("${{{key}"), &format!("${{{near}"));
            finding.text_patch(&text.span, &fixed, format!("did you mean `${{{near}}}`?"))
        }
        None => finding,
    })
}
