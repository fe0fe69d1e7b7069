//! A policy in plain words.
//!
//! Nothing is left out: every element of every statement is in the text, literally, beside its meaning, so that two policies with the
//! same text say the same. What is not written (no version, no principal, no resource) is said, too.

mod words;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::{
    ast::{
        Clause, Condition, Document, Effect, PrincipalClause, PrincipalKind, Statement, Text,
        Version,
    },
    catalogue::{Catalogue, Level},
    operator::{Base, Operator, Quantifier},
};

/// Explains a policy; the text ends in a newline.
pub fn explain(document: &Document) -> String {
    let mut out = String::from("A policy");
    if let Some(id) = &document.id {
        let _ = write!(out, " with the name {}", quoted(&id.value));
    }
    let _ = write!(
        out,
        " in the policy language of {}",
        document.version.name()
    );
    match (document.version, &document.version_span) {
        (Version::V2008, Some(_)) => out.push_str(", in which `${…}` is literal text"),
        (Version::V2008, None) => {
            out.push_str(" (it says no version), in which `${…}` is literal text")
        }
        (Version::V2012, _) => {}
    }
    let count = document.statements.len();
    let _ = writeln!(
        out,
        ". It has {}.",
        if count == 1 {
            "one statement".into()
        } else {
            format!("{count} statements")
        }
    );
    for (i, s) in document.statements.iter().enumerate() {
        let _ = write!(out, "\n{}. {}", i + 1, statement(s));
    }
    if !document
        .statements
        .iter()
        .any(|s| s.effect == Effect::Allow)
    {
        out.push_str("\nIt allows nothing: it only takes away.\n");
    }
    out
}

fn statement(s: &Statement) -> String {
    let mut out = String::new();
    if let Some(sid) = &s.sid {
        let _ = write!(out, "{}: ", quoted(&sid.value));
    }
    let who = s
        .principal
        .as_ref()
        .map_or_else(|| "Whoever has this policy".to_owned(), principals);
    let may = match s.effect {
        Effect::Allow => "may",
        Effect::Deny => "may never",
    };
    let _ = writeln!(out, "{who} {may} do");
    actions(&s.action, &mut out);
    match &s.resource {
        None => out.push_str("   on the resource that has this policy\n"),
        Some(clause) => resources(clause, &mut out),
    }
    if !s.conditions.is_empty() {
        out.push_str("   if all of this holds:\n");
        for c in &s.conditions {
            let _ = writeln!(out, "   - {}", condition(c));
        }
    }
    out
}

fn principals(clause: &PrincipalClause) -> String {
    let all: Vec<String> = clause
        .entries
        .iter()
        .map(|e| principal(e.kind, &e.value))
        .collect();
    match (clause.negated, all.as_slice()) {
        (true, []) => "Everybody but nobody".into(),
        (true, all) => format!("Everybody but {}", joined(all, "and")),
        (false, []) => "Nobody".into(),
        (false, all) => capital(&joined(all, "or")),
    }
}

fn principal(kind: PrincipalKind, value: &Text) -> String {
    let text = quoted(&value.value);
    match kind {
        PrincipalKind::Any => format!("everybody, known or not ({text})"),
        PrincipalKind::Aws if value.value == "*" => {
            format!("every principal of every account (AWS {text})")
        }
        PrincipalKind::Aws if value.value.ends_with(":root") => {
            format!("whoever the account {text} lets")
        }
        PrincipalKind::Aws => format!("the principal {text}"),
        PrincipalKind::Service => format!("the service {text}"),
        PrincipalKind::Federated => format!("whoever the identity provider {text} vouches for"),
        PrincipalKind::CanonicalUser => format!("the account with the canonical id {text}"),
    }
}

fn actions(clause: &Clause, out: &mut String) {
    match (clause.negated, clause.patterns.is_empty()) {
        (true, _) => out.push_str("   everything, future actions included, but\n"),
        (false, true) => out.push_str("   nothing: no action is named\n"),
        _ => {}
    }
    for p in &clause.patterns {
        let _ = writeln!(out, "   - {}", action(&p.value));
    }
}

fn action(pattern: &str) -> String {
    let text = quoted(pattern);
    if pattern == "*" {
        return format!("{text}: every action of every service");
    }
    if let Some(meaning) = words::action(pattern) {
        return format!("{text}: {meaning}");
    }
    let catalogue = Catalogue::get();
    if let Some(a) = catalogue.action(pattern) {
        return format!("{text}: {}", level(a.level));
    }
    let wild = super::pattern::Pattern::wild(&pattern.to_ascii_lowercase());
    if wild.has_wildcards() {
        let named = catalogue
            .actions()
            .filter(|a| wild.matches(&a.full_name().to_ascii_lowercase()));
        return match named.count() {
            0 => format!("{text}: every action that matches"),
            1 => format!("{text}: the one action that matches today"),
            n => format!("{text}: the {n} actions that match today"),
        };
    }
    text
}

fn level(level: Level) -> &'static str {
    match level {
        Level::List => "lists things",
        Level::Read => "reads things",
        Level::Write => "changes things",
        Level::Tagging => "changes tags",
        Level::PermissionsManagement => "changes permissions",
    }
}

fn resources(clause: &Clause, out: &mut String) {
    out.push_str(match (clause.negated, clause.patterns.is_empty()) {
        (true, _) => "   on every resource but\n",
        (false, true) => "   on no resource\n",
        (false, false) => "   on\n",
    });
    for p in &clause.patterns {
        let _ = writeln!(out, "   - {}", resource(&p.value));
    }
}

fn resource(pattern: &str) -> String {
    let text = quoted(pattern);
    if pattern == "*" {
        return format!("{text}: every resource");
    }
    let Some([_, _, service, region, account, name]) = super::pattern::segments(pattern) else {
        return text;
    };
    let mut out = format!("{text}: ");
    let (kind, name) = name.split_once(['/', ':']).unwrap_or(("", name));
    let what = match (service, kind) {
        ("s3", "") => "the bucket".to_owned(),
        ("s3", bucket) => format!("objects of the bucket {}, named", quoted(bucket)),
        (service, "") => format!("the {service} resource"),
        (_, kind) => format!("the {kind}"),
    };
    let all = name == "*";
    let _ = write!(
        out,
        "{what} {}",
        if all {
            "of any name".into()
        } else {
            quoted(name)
        }
    );
    match region {
        "" => {}
        "*" => out.push_str(", in every region"),
        region => {
            let _ = write!(out, ", in {region}");
        }
    }
    match account {
        "" => {}
        "*" => out.push_str(", of every account"),
        account => {
            let _ = write!(out, ", of the account {account}");
        }
    }
    out
}

fn condition(c: &Condition) -> String {
    let key = match words::key(&c.key.value) {
        Some(meaning) => format!("{meaning} ({})", quoted(&c.key.value)),
        None => quoted(&c.key.value),
    };
    let values: Vec<String> = c.values.iter().map(|v| quoted(&v.value)).collect();
    let Some(operator) = Operator::parse(&c.operator.value) else {
        let values = joined(&values, "or");
        return format!(
            "{key} compares by the unknown operator {} with {values}",
            quoted(&c.operator.value)
        );
    };
    let mut out = if operator.base == Base::Null {
        null(&key, c)
    } else {
        compared(&key, operator, &values)
    };
    // Operators are read in any letter case; the way it is written is kept.
    if c.operator.value != operator.to_string() {
        let _ = write!(out, " (written {})", quoted(&c.operator.value));
    }
    out
}

fn null(key: &str, c: &Condition) -> String {
    match c.values.as_slice() {
        [v] if v.value == "true" => format!("the request does not have {key}"),
        [v] if v.value == "false" => format!("the request has {key}"),
        values => {
            let values: Vec<String> = values.iter().map(|v| quoted(&v.value)).collect();
            format!(
                "whether the request lacks {key} is {}",
                joined(&values, "or")
            )
        }
    }
}

fn compared(key: &str, operator: Operator, values: &[String]) -> String {
    let subject = match operator.quantifier {
        Quantifier::None => key.to_owned(),
        Quantifier::ForAll => format!("every value of {key}"),
        Quantifier::ForAny => format!("at least one value of {key}"),
    };
    let negated = operator.base.is_negated();
    let values = match values {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        many if negated => format!("any of {}", joined(many, "and")),
        many => joined(many, "or"),
    };
    let mut out = format!("{subject} {} {values}", words::comparison(operator.base));
    match (operator.if_exists, operator.quantifier) {
        (true, _) => out.push_str(", or the request does not have it"),
        (false, Quantifier::ForAll) => out.push_str(" (which holds, too, where there is none)"),
        (false, Quantifier::None) if negated => {
            out.push_str(" (which holds, too, where the request does not have it)")
        }
        _ => {}
    }
    out
}

/// Writes a text between quotes, so that it can be told from words around it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn joined(all: &[String], last: &str) -> String {
    match all {
        [] => "nothing".into(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
