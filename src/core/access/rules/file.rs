//! The file of the rules.

use std::collections::BTreeSet;

use bastionless_model::{
    base::{Diagnostic, Outcome, SourceId},
    iam::pattern::Pattern,
    value::Value,
};

use super::{FORBIDDEN, Level, Rule};
use crate::{
    access::method::Method,
    lang::{
        expr,
        suggest::did_you_mean,
        syntax::{Attribute, Block, Item, parse as parse_file},
    },
};

const ARGUMENTS: [&str; 5] = ["forbid", "level", "principals", "methods", "message"];

/// Reads a file of rules.
pub fn parse(id: SourceId, text: &str) -> Outcome<Vec<Rule>> {
    let parsed = parse_file(id, text);
    let mut out = Outcome {
        value: Vec::new(),
        diagnostics: parsed.diagnostics,
    };
    let mut seen = BTreeSet::new();
    for item in &parsed.value.body.items {
        let block = match item {
            Item::Block(b) if &*b.kind.name == "rule" => b,
            Item::Block(b) => {
                let detail = format!(
                    "A file of rules holds blocks of type \"rule\" only, not {:?}.",
                    &*b.kind.name
                );
                out.diagnostics
                    .push(Diagnostic::error("Unsupported block type", detail).at(b.kind.span));
                continue;
            }
            Item::Attribute(a) => {
                let detail = "A file of rules holds blocks only: rule \"ID\" { forbid = \"…\" }.";
                out.diagnostics
                    .push(Diagnostic::error("Unsupported argument", detail).at(a.name.span));
                continue;
            }
        };
        match rule(block) {
            Ok(rule) if !seen.insert(rule.id.clone()) => {
                let detail = format!(
                    "There is another rule {:?}. Give each rule a name of its own.",
                    rule.id
                );
                out.diagnostics
                    .push(Diagnostic::error("Duplicate rule", detail).at(block.header));
            }
            Ok(rule) => out.value.push(rule),
            Err(problems) => problems.into_iter().for_each(|p| out.diagnostics.push(p)),
        }
    }
    out
}

fn rule(block: &Block) -> Result<Rule, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let [label] = block.labels.as_slice() else {
        return Err(vec![
            Diagnostic::error(
                "Rule without a name",
                "A rule has exactly one label, its name: rule \"ID\" { … }.",
            )
            .at(block.header),
        ]);
    };
    let mut rule = Rule {
        id: label.text.to_string(),
        forbid: super::Forbidden::GainedAccess,
        level: Level::Deny,
        principals: Vec::new(),
        methods: Vec::new(),
        message: None,
    };
    for item in &block.body.items {
        match item {
            Item::Attribute(a) => {
                if let Err(d) = argument(&mut rule, a) {
                    problems.push(d);
                }
            }
            Item::Block(b) => {
                let detail = format!("Blocks of type {:?} are not expected here.", &*b.kind.name);
                problems.push(Diagnostic::error("Unsupported block type", detail).at(b.kind.span));
            }
        }
    }
    if block.body.attribute("forbid").is_none() {
        let detail = format!(
            "The argument \"forbid\" is required. It is one of {}.",
            quoted(FORBIDDEN.iter().map(|f| f.0))
        );
        problems.push(Diagnostic::error("Missing required argument", detail).at(block.header));
    }
    if problems.is_empty() {
        Ok(rule)
    } else {
        Err(problems)
    }
}

fn argument(rule: &mut Rule, attribute: &Attribute) -> Result<(), Diagnostic> {
    let name = &*attribute.name.name;
    if !ARGUMENTS.contains(&name) {
        let hint = did_you_mean(name, ARGUMENTS);
        let detail = format!("An argument named {name:?} is not expected here.{hint}");
        return Err(Diagnostic::error("Unsupported argument", detail).at(attribute.name.span));
    }
    let value = expr::constant(&attribute.expr).map_err(|d| {
        let first = d.iter().next().cloned();
        first.unwrap_or_else(|| wrong(attribute, "a constant"))
    })?;
    match name {
        "forbid" => {
            let found = value
                .as_str()
                .and_then(|t| FORBIDDEN.iter().find(|f| f.0 == t));
            rule.forbid = found
                .ok_or_else(|| {
                    wrong(
                        attribute,
                        &format!("one of {}", quoted(FORBIDDEN.iter().map(|f| f.0))),
                    )
                })?
                .1;
        }
        "level" => {
            rule.level = match value.as_str() {
                Some("deny") => Level::Deny,
                Some("warn") => Level::Warn,
                _ => return Err(wrong(attribute, "\"deny\" or \"warn\"")),
            };
        }
        "principals" => {
            rule.principals = texts(attribute, &value)?
                .iter()
                .map(|t| Pattern::wild(t))
                .collect()
        }
        "methods" => {
            let all = quoted(Method::ALL.iter().map(|m| m.name()));
            let methods = texts(attribute, &value)?;
            let methods = methods.iter().map(|t| {
                Method::parse(t).ok_or_else(|| wrong(attribute, &format!("a list of {all}")))
            });
            rule.methods = methods.collect::<Result<_, _>>()?;
        }
        _ => {
            rule.message = Some(
                value
                    .as_str()
                    .ok_or_else(|| wrong(attribute, "a text"))?
                    .to_owned(),
            )
        }
    }
    Ok(())
}

fn texts(attribute: &Attribute, value: &Value) -> Result<Vec<String>, Diagnostic> {
    let elements = value
        .elements()
        .ok_or_else(|| wrong(attribute, "a list of texts"))?;
    elements
        .iter()
        .map(|v| {
            v.as_str()
                .map(str::to_owned)
                .ok_or_else(|| wrong(attribute, "a list of texts"))
        })
        .collect()
}

fn wrong(attribute: &Attribute, expected: &str) -> Diagnostic {
    let detail = format!(
        "The argument {:?} must be {expected}.",
        &*attribute.name.name
    );
    Diagnostic::error("Incorrect value of a rule", detail).at(attribute.expr.span)
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|n| format!("{n:?}"))
        .collect::<Vec<_>>()
        .join(", ")
}
