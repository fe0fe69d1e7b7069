//! The plan as Terraform's plan JSON, format 1.2.

use bastionless_model::{
    schema::Catalogue,
    value::{Path, Step, Value, sensitive_mask, to_json, unknown_mask},
};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::{
    checks_json::checks,
    state_json,
    value_tree::{Entry, head, known, module_tree},
};
use crate::{
    plan::{Action, Change, Drifted, Mode, OutputChange, Plan, file::PlanFile},
    state::TERRAFORM_VERSION,
};

/// Writes a plan file as Terraform's `show -json` does.
pub fn plan_json(file: &PlanFile, catalogue: &Catalogue) -> Json {
    let plan = &file.plan;
    let mut out = JsonMap::new();
    out.insert("format_version".into(), "1.2".into());
    out.insert("terraform_version".into(), TERRAFORM_VERSION.into());
    if !plan.variables.is_empty() {
        let variables = plan
            .variables
            .iter()
            .map(|(k, v)| (k.to_string(), variable(v)));
        out.insert("variables".into(), Json::Object(variables.collect()));
    }
    out.insert("planned_values".into(), planned_values(plan, catalogue));
    if !plan.drift.is_empty() {
        let drift: Vec<Json> = plan.drift.iter().map(drifted).collect();
        if !drift.is_empty() {
            out.insert("resource_drift".into(), Json::Array(drift));
        }
    }
    let changes: Vec<Json> = plan.changes.iter().map(change).collect();
    if !changes.is_empty() {
        out.insert("resource_changes".into(), Json::Array(changes));
    }
    if !plan.outputs.is_empty() {
        let outputs = plan.outputs.iter().map(|(k, o)| (k.to_string(), output(o)));
        out.insert("output_changes".into(), Json::Object(outputs.collect()));
    }
    if !plan.refreshed.is_empty() || !plan.refreshed.outputs.is_empty() {
        out.insert(
            "prior_state".into(),
            state_json::state_json(&plan.refreshed, catalogue),
        );
    }
    out.insert("configuration".into(), file.configuration.clone());
    let relevant = Json::Array(Vec::new());
    if plan.mode == Mode::RefreshOnly {
        out.insert("relevant_attributes".into(), relevant);
    }
    if !plan.checks.is_empty() {
        out.insert("checks".into(), checks(&plan.checks));
    }
    if !file.judgement.is_null() {
        out.insert("bastionless_access".into(), file.judgement.clone());
    }
    out.insert("timestamp".into(), file.timestamp.clone().into());
    out.insert("applyable".into(), plan.is_applyable().into());
    out.insert(
        "complete".into(),
        (!plan.errored && plan.targets.is_empty()).into(),
    );
    out.insert("errored".into(), plan.errored.into());
    Json::Object(out)
}

fn variable(value: &Value) -> Json {
    if value.is_null() {
        json!({})
    } else {
        json!({ "value": to_json(&value.clone().unmark_deep().0) })
    }
}

fn planned_values(plan: &Plan, catalogue: &Catalogue) -> Json {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for c in plan.changes.iter().filter(|c| c.deposed.is_none()) {
        if matches!(c.action, Action::Delete | Action::Forget) {
            continue;
        }
        let schema = state_json::schema_of(catalogue, &c.address.resource.resource);
        entries.push(Entry {
            address: &c.address,
            provider: &c.provider,
            schema_version: schema.map_or(0, |s| s.version),
            value: &c.after,
            depends_on: Vec::new(),
            tainted: false,
            deposed: None,
        });
    }
    let mut out = JsonMap::new();
    let outputs: JsonMap<String, Json> = plan
        .outputs
        .iter()
        .filter(|(_, o)| o.action != Action::Delete)
        .map(|(k, o)| (k.to_string(), planned_output(o)))
        .collect();
    if !outputs.is_empty() {
        out.insert("outputs".into(), Json::Object(outputs));
    }
    out.insert("root_module".into(), module_tree(&entries));
    Json::Object(out)
}

fn planned_output(o: &OutputChange) -> Json {
    let mut out = JsonMap::new();
    out.insert("sensitive".into(), o.sensitive.1.into());
    if o.after.is_wholly_known() {
        if !o.after.is_null() {
            out.insert(
                "type".into(),
                bastionless_model::value::type_to_json(&o.after.type_of()),
            );
        }
        let plain = o.after.clone().unmark_deep().0;
        if !plain.is_null() {
            out.insert("value".into(), to_json(&plain));
        }
    }
    Json::Object(out)
}

/// Returns the names of what is done, as in `actions`.
pub fn action_names(action: Action) -> &'static [&'static str] {
    match action {
        Action::NoOp => &["no-op"],
        Action::Read => &["read"],
        Action::Create => &["create"],
        Action::Update => &["update"],
        Action::DeleteThenCreate => &["delete", "create"],
        Action::CreateThenDelete => &["create", "delete"],
        Action::Delete => &["delete"],
        Action::Forget => &["forget"],
    }
}

fn change(c: &Change) -> Json {
    let mut out = head(&c.address);
    out.insert(
        "provider_name".into(),
        c.provider.provider.to_string().into(),
    );
    let mut at = 1;
    if !c.address.resource.module.is_root() {
        out.shift_insert(
            at,
            "module_address".into(),
            c.address.resource.module.to_string().into(),
        );
        at += 1;
    }
    if let Some(previous) = &c.previous {
        out.shift_insert(
            at.min(1),
            "previous_address".into(),
            previous.to_string().into(),
        );
    }
    if let Some(key) = &c.deposed {
        out.insert("deposed".into(), key.to_string().into());
    }
    let mut inner = values(c.action, &c.before, &c.after);
    if !c.replace_paths.is_empty() {
        inner.insert(
            "replace_paths".into(),
            Json::Array(c.replace_paths.iter().map(path).collect()),
        );
    }
    if let Some(id) = &c.importing {
        inner.insert("importing".into(), json!({ "id": id }));
    }
    out.insert("change".into(), Json::Object(inner));
    if let Some(reason) = c.reason {
        out.insert("action_reason".into(), reason.name().into());
    }
    Json::Object(out)
}

fn values(action: Action, before: &Value, after: &Value) -> JsonMap<String, Json> {
    let mut inner = JsonMap::new();
    inner.insert("actions".into(), json!(action_names(action)));
    inner.insert("before".into(), known(before));
    inner.insert("after".into(), known(after));
    let unknown = if after.is_wholly_known() {
        json!({})
    } else {
        unknown_mask(after)
    };
    inner.insert("after_unknown".into(), unknown);
    inner.insert(
        "before_sensitive".into(),
        if before.is_null() {
            Json::Bool(false)
        } else {
            sensitive_mask(before)
        },
    );
    inner.insert(
        "after_sensitive".into(),
        if after.is_null() {
            Json::Bool(false)
        } else {
            sensitive_mask(after)
        },
    );
    inner
}

/// Writes a path as a list of names and indices; an element of a set, which has no name, ends it.
pub(super) fn path(p: &Path) -> Json {
    let mut out = Vec::new();
    for step in &p.0 {
        match step {
            Step::Attribute(a) => out.push(Json::String(a.to_string())),
            Step::Index(v) => out.push(to_json(v)),
            Step::Element(_) => break,
        }
    }
    Json::Array(out)
}

/// Returns what is shown of what changed outside: everything in a refresh-only plan; otherwise what is gone, and what is going to be
/// changed, as the rest plays no part in the plan. (Terraform goes by attributes that contributed to a change.)
pub fn relevant_drift(plan: &Plan) -> impl Iterator<Item = &Drifted> {
    let changed: std::collections::BTreeSet<_> = plan
        .changes
        .iter()
        .filter(|c| c.action != Action::NoOp)
        .map(|c| &c.address)
        .collect();
    let all = plan.mode == Mode::RefreshOnly;
    plan.drift
        .iter()
        .filter(move |d| all || d.after.is_null() || changed.contains(&d.address))
}

fn drifted(d: &Drifted) -> Json {
    let mut out = head(&d.address);
    out.insert(
        "provider_name".into(),
        d.provider.provider.to_string().into(),
    );
    if !d.address.resource.module.is_root() {
        out.shift_insert(
            1,
            "module_address".into(),
            d.address.resource.module.to_string().into(),
        );
    }
    if let Some(previous) = &d.previous {
        out.shift_insert(1, "previous_address".into(), previous.to_string().into());
    }
    let action = if d.after.is_null() {
        Action::Delete
    } else {
        Action::Update
    };
    out.insert(
        "change".into(),
        Json::Object(values(action, &d.before, &d.after)),
    );
    Json::Object(out)
}

fn output(o: &OutputChange) -> Json {
    let unknown = if o.after.is_null() {
        Json::Bool(false)
    } else {
        output_unknown(&o.after)
    };
    let mut out = JsonMap::new();
    out.insert("actions".into(), json!(action_names(o.action)));
    out.insert("before".into(), known(&o.before));
    if o.after.is_known() {
        out.insert("after".into(), known(&o.after.clone().unmark_deep().0));
    }
    out.insert("after_unknown".into(), unknown);
    // Whether it was or is: the two are always equal.
    let sensitive = o.sensitive.0 || o.sensitive.1;
    out.insert("before_sensitive".into(), sensitive.into());
    out.insert("after_sensitive".into(), sensitive.into());
    Json::Object(out)
}

fn output_unknown(value: &Value) -> Json {
    if value.is_wholly_known() {
        Json::Bool(false)
    } else {
        unknown_mask(value)
    }
}
