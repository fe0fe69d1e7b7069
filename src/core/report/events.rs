//! Terraform's machine-readable events. The caller adds the time.

use bastionless_model::{
    base::{Diagnostic, SourceMap},
    value::{to_json, type_to_json},
};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::{
    Counts,
    diag_json::{diagnostic_json, severity},
    value_tree,
};
use crate::{
    access::Judgement,
    lang::address::{AbsInstance, Key},
    plan::{Action, Change, Drifted, OutputChange, Plan, Reason},
    state::{Snapshot, TERRAFORM_VERSION},
};

fn event(level: &str, message: impl Into<String>, kind: &str, more: Vec<(&str, Json)>) -> Json {
    let mut out = JsonMap::new();
    out.insert("@level".into(), level.into());
    out.insert("@message".into(), message.into().into());
    out.insert("@module".into(), "terraform.ui".into());
    for (k, v) in more {
        out.insert(k.into(), v);
    }
    out.insert("type".into(), kind.into());
    Json::Object(out)
}

/// The first event of a stream.
pub fn version(own: &str) -> Json {
    event(
        "info",
        format!("Bastionless {own}"),
        "version",
        vec![
            ("terraform", TERRAFORM_VERSION.into()),
            ("bastionless", own.into()),
            ("ui", "1.2".into()),
        ],
    )
}

/// A diagnostic.
pub fn diagnostic(d: &Diagnostic, sources: &SourceMap) -> Json {
    let word = if severity(d.severity) == "error" {
        "Error"
    } else {
        "Warning"
    };
    let level = if word == "Error" { "error" } else { "warn" };
    event(
        level,
        format!("{word}: {}", d.summary),
        "diagnostic",
        vec![("diagnostic", diagnostic_json(d, sources))],
    )
}

/// A line of progress without more to it.
pub fn log(message: impl Into<String>) -> Json {
    event("info", message, "log", Vec::new())
}

/// Names a resource instance as events do.
pub fn resource(address: &AbsInstance) -> Json {
    let r = &address.resource.resource;
    let module = if address.resource.module.is_root() {
        String::new()
    } else {
        address.resource.module.to_string()
    };
    let short = format!("{r}{}", address.key);
    let implied = r.type_name.split('_').next().unwrap_or_default().to_owned();
    json!({
        "addr": address.to_string(), "module": module, "resource": short, "implied_provider": implied,
        "resource_type": &*r.type_name, "resource_name": &*r.name,
        "resource_key": if address.key == Key::None { Json::Null } else { value_tree::index(&address.key).unwrap_or(Json::Null) },
    })
}

fn ui_action(action: Action) -> &'static str {
    match action {
        Action::NoOp => "noop",
        Action::Read => "read",
        Action::Create => "create",
        Action::Update => "update",
        Action::DeleteThenCreate | Action::CreateThenDelete => "replace",
        Action::Delete => "delete",
        Action::Forget => "remove",
    }
}

fn ui_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::ReplaceBecauseTainted => "tainted",
        Reason::ReplaceByRequest => "requested",
        Reason::ReplaceByTriggers => "replace_triggered_by",
        Reason::ReplaceBecauseCannotUpdate => "cannot_update",
        Reason::DeleteBecauseNoResourceConfig => "delete_because_no_resource_config",
        other => other.name(),
    }
}

/// The events of a plan: drift, changes, summary, outputs.
pub fn plan(plan: &Plan) -> Vec<Json> {
    let mut out: Vec<Json> = super::relevant_drift(plan).map(drift).collect();
    let shown = plan
        .changes
        .iter()
        .filter(|c| c.action != Action::NoOp || c.previous.is_some() || c.importing.is_some());
    out.extend(shown.map(planned));
    out.push(summary(&Counts::of(plan), "plan", None));
    if !plan.outputs.is_empty() {
        let all = plan
            .outputs
            .iter()
            .map(|(k, o)| (k.to_string(), planned_output(o)))
            .collect();
        out.push(event(
            "info",
            format!("Outputs: {}", plan.outputs.len()),
            "outputs",
            vec![("outputs", Json::Object(all))],
        ));
    }
    out
}

fn drift(d: &Drifted) -> Json {
    let (action, word) = if d.after.is_null() {
        ("delete", "delete")
    } else {
        ("update", "update")
    };
    let change = json!({ "resource": resource(&d.address), "action": action });
    event(
        "info",
        format!("{}: Drift detected ({word})", d.address),
        "resource_drift",
        vec![("change", change)],
    )
}

fn planned(c: &Change) -> Json {
    let action = match (c.action, &c.previous, &c.importing) {
        (Action::NoOp, Some(_), _) => "move",
        (Action::NoOp, None, Some(_)) => "import",
        (a, _, _) => ui_action(a),
    };
    let mut change = JsonMap::new();
    change.insert("resource".into(), resource(&c.address));
    if let Some(previous) = &c.previous {
        change.insert("previous_resource".into(), resource(previous));
    }
    change.insert("action".into(), action.into());
    if let Some(reason) = c.reason {
        change.insert("reason".into(), ui_reason(reason).into());
    }
    if let Some(id) = &c.importing {
        change.insert("importing".into(), json!({ "id": id }));
    }
    event(
        "info",
        format!("{}: Plan to {action}", c.address),
        "planned_change",
        vec![("change", Json::Object(change))],
    )
}

fn planned_output(o: &OutputChange) -> Json {
    let action = ui_action(o.action);
    json!({ "sensitive": o.sensitive.0 || o.sensitive.1, "action": action })
}

/// The events of what a plan changes of the access, and of the rules that it breaks.
pub fn access(judgement: &Judgement) -> Vec<Json> {
    let mut out = Vec::new();
    for change in &judgement.changes {
        let key = &change.key;
        let message = format!(
            "Access {}: {} {} {}",
            change.kind.name(),
            key.principal,
            key.method.name(),
            key.instance
        );
        out.push(event(
            "info",
            message,
            "access_change",
            vec![("access", json!(change))],
        ));
    }
    for violation in &judgement.violations {
        let level = if violation.is_denied { "error" } else { "warn" };
        let message = format!(
            "Rule {:?}: {}: {}",
            violation.rule, violation.address, violation.detail
        );
        out.push(event(
            level,
            message,
            "rule_violation",
            vec![("violation", json!(violation))],
        ));
    }
    out
}

/// The summary of a plan or of what was applied.
pub fn summary(counts: &Counts, operation: &str, message: Option<String>) -> Json {
    let message = message.unwrap_or_else(|| counts.line());
    let changes = json!({
        "add": counts.add, "change": counts.change, "import": counts.import, "remove": counts.destroy, "action_invocation": 0, "operation": operation,
    });
    event(
        "info",
        message,
        "change_summary",
        vec![("changes", changes)],
    )
}

/// The outputs after an apply.
pub fn outputs(snapshot: &Snapshot) -> Json {
    let all = snapshot.outputs.iter().map(|(name, o)| {
        let mut out = JsonMap::new();
        out.insert("sensitive".into(), o.sensitive.into());
        out.insert("type".into(), type_to_json(&o.value.type_of()));
        if !o.sensitive {
            out.insert("value".into(), to_json(&o.value));
        }
        (name.to_string(), Json::Object(out))
    });
    event(
        "info",
        format!("Outputs: {}", snapshot.outputs.len()),
        "outputs",
        vec![("outputs", Json::Object(all.collect()))],
    )
}

/// An event about one object while it is applied or read: `apply_start`, `apply_progress`, `apply_complete`, `apply_errored`,
/// `refresh_start`, `refresh_complete`.
pub fn hook(
    kind: &str,
    message: String,
    address: &AbsInstance,
    action: Option<&str>,
    more: Vec<(&str, Json)>,
) -> Json {
    let mut hook = JsonMap::new();
    hook.insert("resource".into(), resource(address));
    if let Some(action) = action {
        hook.insert("action".into(), action.into());
    }
    for (k, v) in more {
        hook.insert(k.into(), v);
    }
    let level = if kind == "apply_errored" {
        "error"
    } else {
        "info"
    };
    event(level, message, kind, vec![("hook", Json::Object(hook))])
}
