//! Roles with everything that says what they may do.

use std::collections::{BTreeMap, BTreeSet};

use bastionless_model::value::Value;

use super::{Estate, Role, Thing, tags, text, texts};
use crate::access::managed;

pub(super) fn read(estate: &mut Estate, things: &[Thing]) {
    let mut policies = BTreeMap::new();
    for thing in things.iter().filter(|t| t.type_name == "aws_iam_policy") {
        let Some(body) = text(&thing.value, "policy") else {
            continue;
        };
        let Some(arn) = text(&thing.value, "arn") else {
            continue;
        };
        if let Some(document) = estate.document(&thing.address, &body) {
            policies.insert(arn, (thing.address.clone(), document));
        }
    }
    for thing in things
        .iter()
        .filter(|t| t.type_name == "aws_iam_role" && !t.is_data)
    {
        role(estate, thing, &policies);
    }
    for thing in things.iter().filter(|t| !t.is_data) {
        let v = &thing.value;
        match thing.type_name.as_str() {
            "aws_iam_role_policy" => {
                let document = text(v, "policy").and_then(|p| estate.document(&thing.address, &p));
                if let (Some(role), Some(document)) = (
                    text(v, "role").and_then(|r| estate.roles.get_mut(&r)),
                    document,
                ) && !role.policies.iter().any(|(_, d)| *d == document)
                {
                    role.policies.push((thing.address.clone(), document));
                }
            }
            "aws_iam_role_policy_attachment" => {
                if let (Some(role), Some(arn)) = (text(v, "role"), text(v, "policy_arn")) {
                    attach(estate, &role, &arn, &policies);
                }
            }
            "aws_iam_instance_profile" => {
                let role = text(v, "role");
                for name in [text(v, "name"), text(v, "id")].into_iter().flatten() {
                    estate.profiles.insert(name, role.clone());
                }
            }
            _ => {}
        }
    }
    holders(estate, things, &policies);
}

/// Lets a policy that no role has stand for whoever is given it.
fn holders(estate: &mut Estate, things: &[Thing], policies: &Policies) {
    let attached: BTreeSet<String> = things
        .iter()
        .flat_map(|t| {
            [
                text(&t.value, "policy_arn"),
                text(&t.value, "permissions_boundary"),
            ]
            .into_iter()
            .flatten()
        })
        .chain(
            things
                .iter()
                .flat_map(|t| texts(&t.value, "managed_policy_arns").unwrap_or_default()),
        )
        .collect();
    for thing in things
        .iter()
        .filter(|t| t.type_name == "aws_iam_policy" && !t.is_data)
    {
        let Some((address, document)) = text(&thing.value, "arn")
            .filter(|a| !attached.contains(a))
            .and_then(|a| policies.get(&a))
        else {
            continue;
        };
        let holder = Role {
            is_holder: true,
            address: address.clone(),
            name: address.clone(),
            policies: vec![(address.clone(), document.clone())],
            ..Role::default()
        };
        estate.roles.insert(address.clone(), holder);
    }
}

/// Policies by ARN, with where they are declared.
type Policies = BTreeMap<String, (String, bastionless_model::iam::ast::Document)>;

fn role(estate: &mut Estate, thing: &Thing, policies: &Policies) {
    let v = &thing.value;
    let Some(name) = text(v, "name").or_else(|| text(v, "id")) else {
        return;
    };
    let trust = text(v, "assume_role_policy").and_then(|t| estate.document(&thing.address, &t));
    let boundary = text(v, "permissions_boundary");
    let mut role = Role {
        address: thing.address.clone(),
        name: name.clone(),
        arn: v.get_str("arn").unwrap_or_default().to_owned(),
        trust: trust.unwrap_or_default(),
        tags: tags(v),
        ..Role::default()
    };
    if let Some(arn) = boundary {
        match found(&arn, policies) {
            Some((_, document)) => role.boundary = Some(document),
            None => role.unseen.push(arn),
        }
    }
    for inline in v
        .get("inline_policy")
        .and_then(Value::elements)
        .unwrap_or_default()
    {
        if let Some(document) =
            text(inline, "policy").and_then(|p| estate.document(&thing.address, &p))
        {
            role.policies.push((thing.address.clone(), document));
        }
    }
    estate.roles.insert(name.clone(), role);
    for arn in texts(v, "managed_policy_arns").unwrap_or_default() {
        attach(estate, &name, &arn, policies);
    }
}

fn attach(estate: &mut Estate, role: &str, arn: &str, policies: &Policies) {
    let Some(role) = estate.roles.get_mut(role) else {
        return;
    };
    match found(arn, policies) {
        Some(policy) if role.policies.contains(&policy) => {}
        Some(policy) => role.policies.push(policy),
        None if role.unseen.iter().any(|a| a == arn) => {}
        None => role.unseen.push(arn.to_owned()),
    }
}

fn found(
    arn: &str,
    policies: &Policies,
) -> Option<(String, bastionless_model::iam::ast::Document)> {
    policies
        .get(arn)
        .cloned()
        .or_else(|| Some((arn.to_owned(), managed::document(arn)?)))
}
