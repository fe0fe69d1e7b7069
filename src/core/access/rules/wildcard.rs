//! `wildcard`: `*` in what a principal may do. `*` as the resource of an action that AWS checks against no resource is what
//! AWS asks for, and is let pass.

use bastionless_model::iam::{
    ast::{Effect, Statement},
    catalogue::Catalogue,
};

use super::{Found, Planned, Rule};

pub(super) fn find(rule: &Rule, planned: &Planned<'_>) -> Found {
    let mut out = Vec::new();
    for role in rule.principals(planned.estate) {
        for (at, document) in &role.policies {
            for statement in document
                .statements
                .iter()
                .filter(|s| s.effect == Effect::Allow)
            {
                out.extend(
                    wide(statement)
                        .map(|what| (at.clone(), format!("{what}, for {}", role.address))),
                );
            }
        }
    }
    out
}

fn wide(statement: &Statement) -> Option<String> {
    let name = statement.sid.as_ref().map_or_else(
        || format!("statement {}", statement.index + 1),
        |s| format!("statement {:?}", s.value),
    );
    let actions = &statement.action;
    if actions.negated {
        return Some(format!("{name} allows all actions but some"));
    }
    if let Some(action) = actions
        .patterns
        .iter()
        .find(|a| a.value.ends_with('*') && (a.value == "*" || a.value.ends_with(":*")))
    {
        return Some(format!("{name} allows the action {:?}", action.value));
    }
    let resource = statement.resource.as_ref()?;
    if resource.negated {
        return Some(format!("{name} allows all resources but some"));
    }
    let is_star = resource.patterns.iter().any(|r| r.value == "*");
    let narrowable = actions.patterns.iter().find(|a| {
        Catalogue::get()
            .action(&a.value)
            .is_some_and(|a| !a.resources.is_empty())
    });
    let narrowable = narrowable.filter(|_| is_star && statement.conditions.is_empty())?;
    Some(format!(
        "{name} allows {} on the resource \"*\"",
        narrowable.value
    ))
}
