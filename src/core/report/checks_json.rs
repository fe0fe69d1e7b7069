//! Results of conditions as in Terraform's plan JSON.

use serde_json::{Map as JsonMap, Value as Json, json};

use super::value_tree;
use crate::{
    lang::address::{AbsInstance, ConfigResource},
    plan::{CheckResult, CheckStatus},
};

/// Writes `checks`.
pub(super) fn checks(results: &[CheckResult]) -> Json {
    Json::Array(results.iter().map(check).collect())
}

/// Returns Terraform's name of a status.
pub(super) fn status(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Fail => "fail",
        CheckStatus::Error => "error",
        CheckStatus::Unknown => "unknown",
    }
}

fn check(c: &CheckResult) -> Json {
    let instances: Vec<Json> = c
        .instances
        .iter()
        .map(|(address, s, messages)| {
            let mut out = JsonMap::new();
            out.insert("address".into(), instance(c.kind, address));
            out.insert("status".into(), status(*s).into());
            if !messages.is_empty() {
                let problems = messages.iter().map(|m| json!({ "message": m })).collect();
                out.insert("problems".into(), Json::Array(problems));
            }
            Json::Object(out)
        })
        .collect();
    let mut out = JsonMap::new();
    out.insert("address".into(), static_address(c));
    out.insert("status".into(), status(c.status).into());
    if !instances.is_empty() {
        out.insert("instances".into(), Json::Array(instances));
    }
    Json::Object(out)
}

fn static_address(c: &CheckResult) -> Json {
    let mut out = JsonMap::new();
    out.insert("to_display".into(), c.config_address.clone().into());
    out.insert("kind".into(), c.kind.into());
    match (c.kind, ConfigResource::parse(&c.config_address)) {
        ("resource", Ok(r)) => {
            if !r.module.is_root() {
                out.insert("module".into(), r.module.to_string().into());
            }
            out.insert("mode".into(), value_tree::mode(r.resource.mode).into());
            out.insert("type".into(), r.resource.type_name.to_string().into());
            out.insert("name".into(), r.resource.name.to_string().into());
        }
        _ => {
            let (module, name) = split_name(&c.config_address);
            if let Some(module) = module {
                out.insert("module".into(), module.into());
            }
            out.insert("name".into(), name.into());
        }
    }
    Json::Object(out)
}

/// Splits `module.a.var.x` into the module, if any, and the name `x`.
fn split_name(address: &str) -> (Option<&str>, &str) {
    let Some((rest, name)) = address.rsplit_once('.') else {
        return (None, address);
    };
    (rest.rsplit_once('.').map(|(module, _)| module), name)
}

fn instance(kind: &str, address: &str) -> Json {
    let mut out = JsonMap::new();
    out.insert("to_display".into(), address.into());
    if let ("resource", Ok(i)) = (kind, AbsInstance::parse(address)) {
        if let Some(key) = value_tree::index(&i.key) {
            out.insert("instance_key".into(), key);
        }
        if !i.resource.module.is_root() {
            out.insert("module".into(), i.resource.module.to_string().into());
        }
    } else if let (Some(module), _) = split_name(address) {
        out.insert("module".into(), module.into());
    }
    Json::Object(out)
}
