//! The IAM policies that a plan makes: every policy argument of every object, with names in place of what is not known yet.
//!
//! Apply is played through without calling anybody: where an object's attribute is not known before it is there, its
//! reference `${ADDRESS.ATTR}` stands in its place, and what is made of it is evaluated on.

use std::collections::BTreeSet;

use bastionless_model::{
    iam,
    schema::{Block, Catalogue, Equivalence, Schema},
    value::{Kind, Type, Value},
};
use serde_json::Value as Json;

use super::{Action, Change, NodeKind, Plan, finalise::Finaliser};
use crate::{
    lang::address::{AbsInstance, Mode},
    state::{Object, Snapshot, sensitive_paths},
};

/// A policy argument of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyText {
    /// The object.
    pub address: AbsInstance,
    /// The argument, such as `assume_role_policy` or `inline_policy.0.policy`.
    pub argument: String,
    /// The policy, canonical and over several lines; a text that is no JSON as it is.
    pub text: String,
}

/// Returns all policies in the order of addresses.
pub fn policies(plan: &Plan, finaliser: &mut Finaliser, catalogue: &Catalogue) -> Vec<PolicyText> {
    let state = projected(plan, finaliser, catalogue);
    collect(plan, &state, catalogue)
}

/// Returns the state as the plan leaves it; what is not known yet is null, or its reference where it is a text.
pub fn projected(plan: &Plan, finaliser: &mut Finaliser, catalogue: &Catalogue) -> Snapshot {
    let mut state = (*plan.refreshed).clone();
    for change in &plan.changes {
        if matches!(change.action, Action::Delete | Action::Forget) {
            state.take(&change.address, change.deposed.as_ref());
        }
    }
    let mut configured = BTreeSet::new();
    for i in order(plan) {
        let Some(change) = plan.changes.get(i) else {
            continue;
        };
        if configured.insert(change.provider.clone())
            && let Ok(config) = finaliser.provider(&change.provider, &state)
        {
            let region = change.after.get_str("region").map(str::to_owned);
            finaliser.configured(&change.provider, &config, region.as_deref());
        }
        if let Some(schema) = schema_of(change, catalogue) {
            play(change, i, &schema, finaliser, &mut state);
        }
    }
    state
}

fn schema_of(change: &Change, catalogue: &Catalogue) -> Option<std::sync::Arc<Schema>> {
    let resource = &change.address.resource.resource;
    match resource.mode {
        Mode::Managed => catalogue.managed(&resource.type_name),
        Mode::Data => catalogue.data(&resource.type_name),
    }
}

/// Returns the changes in the order in which apply makes them.
fn order(plan: &Plan) -> Vec<usize> {
    let order = plan.graph.order().into_iter();
    order
        .filter_map(|n| match plan.graph.nodes.get(n.0)?.kind {
            NodeKind::Commit(i) => Some(i),
            NodeKind::Destroy(_) | NodeKind::Forget(_) | NodeKind::Join => None,
        })
        .collect()
}

/// Puts the object of a change into the state as it will be, as far as that is known.
fn play(
    change: &Change,
    index: usize,
    schema: &Schema,
    finaliser: &mut Finaliser,
    state: &mut Snapshot,
) {
    let planned = match finaliser.finalise(index, state) {
        Ok(f) => f.planned,
        // What cannot be evaluated with names in it stays as the plan has it.
        Err(_) => change.after.clone(),
    };
    let sensitive = sensitive_paths(&planned, schema);
    let planned = planned.unmark_deep().0;
    let resource = &change.address.resource.resource;
    let known = |v: Value| named(v, &change.address.to_string());
    let planned = match (resource.mode, &*resource.type_name) {
        (Mode::Data, "aws_iam_policy_document") => {
            let planned = known(planned);
            iam::document::read(&planned).unwrap_or(planned)
        }
        (Mode::Data, "bastionless_access_policy") => iam::grant::read(&planned).unwrap_or(planned),
        _ => planned,
    };
    let value = named(planned, &change.address.to_string());
    if let Ok(object) = Object::encode(&value, schema) {
        let object = Object {
            sensitive,
            ..object
        };
        state.put(&change.address, None, &change.provider, object);
    }
    finaliser.settled(index);
}

/// Replaces unknown texts by references to them; other unknown parts become null.
fn named(value: Value, name: &str) -> Value {
    match value.kind() {
        Kind::Unknown(Type::String | Type::Dynamic, _) => Value::from(format!("${{{name}}}")),
        Kind::Unknown(ty, _) => Value::null(ty.clone()),
        Kind::Object(m) => Value::object(
            m.iter()
                .map(|(k, v)| (k.clone(), named(v.clone(), &format!("{name}.{k}")))),
        ),
        Kind::Map(ty, m) => Value::map(
            ty.clone(),
            m.iter()
                .map(|(k, v)| (k.clone(), named(v.clone(), &format!("{name}.{k}")))),
        ),
        Kind::List(ty, l) => Value::list(ty.clone(), indexed(l, name)),
        Kind::Set(ty, l) => Value::set(ty.clone(), indexed(l, name)),
        Kind::Tuple(l) => Value::tuple(indexed(l, name)),
        _ => value,
    }
}

fn indexed(list: &[Value], name: &str) -> Vec<Value> {
    list.iter()
        .enumerate()
        .map(|(i, v)| named(v.clone(), &format!("{name}[{i}]")))
        .collect()
}

fn collect(plan: &Plan, state: &Snapshot, catalogue: &Catalogue) -> Vec<PolicyText> {
    let mut out = Vec::new();
    for change in &plan.changes {
        let gone =
            matches!(change.action, Action::Delete | Action::Forget) || change.deposed.is_some();
        if gone || change.address.resource.resource.mode == Mode::Data {
            continue;
        }
        let Some(schema) = schema_of(change, catalogue) else {
            continue;
        };
        let object = state
            .object(&change.address, None)
            .and_then(|o| o.decode(&schema).ok());
        let value = object.unwrap_or_else(|| {
            named(
                change.after.clone().unmark_deep().0,
                &change.address.to_string(),
            )
        });
        let config = change.config.clone().unmark_deep().0;
        arguments(
            &schema.block,
            &config,
            &value,
            "",
            &change.address,
            &mut out,
        );
    }
    for (resource, stored) in &state.resources {
        let attributes: &[&str] = match (resource.resource.mode, &*resource.resource.type_name) {
            (Mode::Data, "aws_iam_policy_document") => &["json"],
            (Mode::Data, "bastionless_access_policy") => {
                &["user_policies", "instance_policy", "control_plane_policy"]
            }
            _ => continue,
        };
        let Some(schema) = catalogue.data(&resource.resource.type_name) else {
            continue;
        };
        for (key, instance) in &stored.instances {
            let Some(value) = instance
                .current
                .as_ref()
                .and_then(|o| o.decode(&schema).ok())
            else {
                continue;
            };
            let address = resource.instance(key.clone());
            for name in attributes {
                let Some(found) = value.get(name) else {
                    continue;
                };
                let texts = found.elements().map_or_else(
                    || vec![(String::new(), found)],
                    |list| {
                        list.iter()
                            .enumerate()
                            .map(|(i, v)| (format!(".{i}"), v))
                            .collect()
                    },
                );
                for (index, text) in texts
                    .into_iter()
                    .filter_map(|(i, v)| Some((i, v.as_str()?)))
                {
                    out.push(PolicyText {
                        address: address.clone(),
                        argument: format!("{name}{index}"),
                        text: canonical(text),
                    });
                }
            }
        }
    }
    out.sort_by(|a, b| (&a.address, &a.argument).cmp(&(&b.address, &b.argument)));
    out
}

/// Collects the policy arguments that the configuration gives.
fn arguments(
    block: &Block,
    config: &Value,
    value: &Value,
    prefix: &str,
    address: &AbsInstance,
    out: &mut Vec<PolicyText>,
) {
    for (name, attribute) in &block.attributes {
        let given = config.get(name).is_some_and(|v| !v.is_null());
        if attribute.equivalence == Equivalence::IamPolicy
            && given
            && let Some(text) = value.get_str(name).filter(|t| !t.is_empty())
        {
            out.push(PolicyText {
                address: address.clone(),
                argument: format!("{prefix}{name}"),
                text: canonical(text),
            });
        }
    }
    for (name, nested) in &block.blocks {
        let (Some(configs), Some(values)) = (
            config.get(name).and_then(Value::elements),
            value.get(name).and_then(Value::elements),
        ) else {
            continue;
        };
        for (i, v) in values.iter().enumerate() {
            // Elements of sets stand in another order than in the configuration: any of them tells what is given.
            let own = configs.get(i).or(configs.first()).unwrap_or(v);
            arguments(
                &nested.block,
                own,
                v,
                &format!("{prefix}{name}.{i}."),
                address,
                out,
            );
        }
    }
}

/// Writes a policy with sorted keys and sorted lists of texts, in which order means nothing; statements keep their order.
pub fn canonical(text: &str) -> String {
    serde_json::from_str::<Json>(text)
        .map_or_else(|_| text.to_owned(), |json| iam::print_pretty(&sorted(json)))
}

fn sorted(json: Json) -> Json {
    match json {
        Json::Object(entries) => {
            let mut all: Vec<_> = entries.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            all.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(all.into_iter().collect())
        }
        Json::Array(list) => {
            let mut list: Vec<Json> = list.into_iter().map(sorted).collect();
            if list.iter().all(Json::is_string) {
                list.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
            Json::Array(list)
        }
        other => other,
    }
}

/// Writes a name that can be a file's: everything but letters, digits and `._-[]` is percent-encoded.
pub fn file_name(policy: &PolicyText) -> String {
    let full = format!("{}.{}.json", policy.address, policy.argument);
    let mut out = String::with_capacity(full.len());
    for b in full.bytes() {
        if b.is_ascii_alphanumeric() || b"._-[]".contains(&b) {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_canonical() {
        let text = r#"{"Version":"2012-10-17","Statement":[{"Resource":"*","Action":["s3:Put*","s3:Get*"],"Effect":"Allow"}]}"#;
        let expect = "{\n  \"Statement\": [\n    {\n      \"Action\": [\n        \"s3:Get*\",\n        \"s3:Put*\"\n      ],\n      \"Effect\": \"Allow\",\n      \"Resource\": \"*\"\n    }\n  ],\n  \"Version\": \"2012-10-17\"\n}";
        assert_eq!(canonical(text).trim_end(), expect);
        assert_eq!(canonical("no json"), "no json");
    }

    #[test]
    fn unknown_texts_become_references() {
        let value = Value::object([
            ("arn", Value::unknown(Type::String)),
            ("n", Value::unknown(Type::Number)),
        ]);
        let got = named(value, "aws_s3_bucket.a");
        assert_eq!(got.get_str("arn"), Some("${aws_s3_bucket.a.arn}"));
        assert!(got.get("n").unwrap().is_null());
    }

    #[test]
    fn names_of_files_hold_no_slash() {
        let policy = PolicyText {
            address: AbsInstance::parse("module.a[\"x/y\"].aws_iam_role.app[0]").unwrap(),
            argument: "assume_role_policy".into(),
            text: String::new(),
        };
        assert_eq!(
            file_name(&policy),
            "module.a[%22x%2Fy%22].aws_iam_role.app[0].assume_role_policy.json"
        );
    }
}
