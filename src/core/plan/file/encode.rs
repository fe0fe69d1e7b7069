//! A plan as JSON and back.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_model::value::{Marks, Path, Step, Value};
use serde_json::{Value as Json, json};

use super::{Basis, FORMAT, PlanFile, PlanFileError, values};
use crate::{
    lang::address::{AbsInstance, ConfigResource, ProviderConfig},
    plan::{
        Action, Change, CheckResult, CheckStatus, Drifted, ExecutionGraph, ExecutionNode, Mode,
        NodeId, NodeKind, OutputChange, Plan, Reason,
    },
    state::Snapshot,
};

pub(super) fn write(file: &PlanFile) -> Result<Json, PlanFileError> {
    let plan = &file.plan;
    let b = &file.basis;
    Ok(json!({
        "format": FORMAT,
        "timestamp": file.timestamp,
        "basis": {
            "lineage": b.lineage, "serial": b.serial, "state_digest": b.state_digest,
            "config_digest": b.config_digest, "workspace": b.workspace, "backend": b.backend,
            "arguments": b.arguments,
        },
        "mode": mode_name(plan.mode),
        "errored": plan.errored,
        "targets": plan.targets,
        "force_replace": plan.force_replace.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "variables": kept_variables(plan),
        "set_variables": plan.set_variables.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "changes": plan.changes.iter().map(change).collect::<Vec<_>>(),
        "drift": plan.drift.iter().map(drifted).collect::<Vec<_>>(),
        "outputs": plan.outputs.iter().map(|(k, o)| (k.to_string(), output(o))).collect::<serde_json::Map<_, _>>(),
        "checks": plan.checks.iter().map(check).collect::<Vec<_>>(),
        "restated": plan.restated,
        "graph": plan.graph.nodes.iter().map(node).collect::<Vec<_>>(),
        "state": plan.refreshed.write()?,
        "configuration": file.configuration,
        "judgement": file.judgement,
    }))
}

/// Writes the variables without the ephemeral ones that were given from outside: apply has to be given these again.
fn kept_variables(plan: &Plan) -> Json {
    let given = |name: &Arc<str>, v: &Value| {
        v.marks().contains(Marks::EPHEMERAL) && plan.set_variables.contains(name)
    };
    let kept = plan.variables.iter().filter(|(k, v)| !given(k, v));
    Json::Object(
        kept.map(|(k, v)| (k.to_string(), values::write(v)))
            .collect(),
    )
}

fn text(v: &impl ToString) -> Json {
    Json::String(v.to_string())
}

fn change(c: &Change) -> Json {
    json!({
        "address": text(&c.address),
        "previous": c.previous.as_ref().map(text),
        "deposed": c.deposed.as_deref(),
        "provider": text(&c.provider),
        "action": action_name(c.action),
        "reason": c.reason.map(reason_name),
        "before": values::write(&c.before),
        "after": values::write(&c.after),
        "config": values::write(&c.config),
        "replace_paths": c.replace_paths.iter().map(path).collect::<Vec<_>>(),
        "importing": c.importing,
        "dependencies": c.dependencies.iter().map(text).collect::<Vec<_>>(),
        "create_before_destroy": c.create_before_destroy,
        "private": c.private,
    })
}

fn drifted(d: &Drifted) -> Json {
    json!({
        "address": text(&d.address), "previous": d.previous.as_ref().map(text), "provider": text(&d.provider),
        "before": values::write(&d.before), "after": values::write(&d.after),
    })
}

fn output(o: &OutputChange) -> Json {
    json!({
        "before": values::write(&o.before), "after": values::write(&o.after),
        "sensitive": [o.sensitive.0, o.sensitive.1], "action": action_name(o.action),
    })
}

fn check(c: &CheckResult) -> Json {
    json!({
        "kind": c.kind, "address": c.config_address, "status": status_name(c.status),
        "instances": c.instances.iter().map(|(a, s, m)| json!([a, status_name(*s), m])).collect::<Vec<_>>(),
    })
}

fn node(n: &ExecutionNode) -> Json {
    let kind = match n.kind {
        NodeKind::Commit(_) => "commit",
        NodeKind::Destroy(_) => "destroy",
        NodeKind::Forget(_) => "forget",
        NodeKind::Join => "join",
    };
    json!([
        kind,
        n.kind.change(),
        n.after.iter().map(|a| a.0).collect::<Vec<_>>()
    ])
}

fn path(p: &Path) -> Json {
    let step = |s: &Step| match s {
        Step::Attribute(a) => json!({ "a": &**a }),
        Step::Index(v) => json!({ "i": values::write(v) }),
        Step::Element(v) => json!({ "e": values::write(v) }),
    };
    Json::Array(p.0.iter().map(step).collect())
}

const MODES: [(Mode, &str); 3] = [
    (Mode::Normal, "normal"),
    (Mode::Destroy, "destroy"),
    (Mode::RefreshOnly, "refresh-only"),
];

const ACTIONS: [(Action, &str); 8] = [
    (Action::NoOp, "no-op"),
    (Action::Read, "read"),
    (Action::Create, "create"),
    (Action::Update, "update"),
    (Action::DeleteThenCreate, "delete-then-create"),
    (Action::CreateThenDelete, "create-then-delete"),
    (Action::Delete, "delete"),
    (Action::Forget, "forget"),
];

const STATUSES: [(CheckStatus, &str); 4] = [
    (CheckStatus::Pass, "pass"),
    (CheckStatus::Fail, "fail"),
    (CheckStatus::Error, "error"),
    (CheckStatus::Unknown, "unknown"),
];

fn name_of<T: PartialEq + Copy>(table: &[(T, &'static str)], wanted: T) -> &'static str {
    table
        .iter()
        .find(|(t, _)| *t == wanted)
        .map_or("", |(_, n)| n)
}

fn named<T: Copy>(table: &[(T, &'static str)], name: &str) -> Option<T> {
    table.iter().find(|(_, n)| *n == name).map(|(t, _)| *t)
}

fn mode_name(m: Mode) -> &'static str {
    name_of(&MODES, m)
}

fn action_name(a: Action) -> &'static str {
    name_of(&ACTIONS, a)
}

fn status_name(s: CheckStatus) -> &'static str {
    name_of(&STATUSES, s)
}

fn reason_name(r: Reason) -> &'static str {
    r.name()
}

/// Reads the JSON of a plan file.
pub(super) fn read(json: &Json) -> Result<PlanFile, PlanFileError> {
    let state = json
        .get("state")
        .and_then(Json::as_str)
        .ok_or_else(|| damaged("state"))?;
    let refreshed = Arc::new(Snapshot::read(state)?);
    let plan = read_plan(json, refreshed)
        .ok_or_else(|| damaged("a part of the plan is missing or has another shape"))?;
    let basis = json
        .get("basis")
        .and_then(read_basis)
        .ok_or_else(|| damaged("basis"))?;
    Ok(PlanFile {
        plan,
        basis,
        timestamp: json
            .get("timestamp")
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned(),
        configuration: json.get("configuration").cloned().unwrap_or(Json::Null),
        judgement: json.get("judgement").cloned().unwrap_or(Json::Null),
    })
}

fn damaged(what: &str) -> PlanFileError {
    PlanFileError::Damaged(what.to_owned())
}

fn read_basis(j: &Json) -> Option<Basis> {
    let text = |k: &str| j.get(k)?.as_str().map(str::to_owned);
    Some(Basis {
        lineage: text("lineage")?,
        serial: j.get("serial")?.as_u64()?,
        state_digest: text("state_digest")?,
        config_digest: text("config_digest")?,
        workspace: text("workspace")?,
        backend: text("backend")?,
        arguments: j
            .get("arguments")?
            .as_array()?
            .iter()
            .filter_map(|a| a.as_str().map(str::to_owned))
            .collect(),
    })
}

fn read_plan(j: &Json, refreshed: Arc<Snapshot>) -> Option<Plan> {
    let list = |k: &str| j.get(k)?.as_array();
    let texts = |k: &str| {
        list(k)?
            .iter()
            .map(|v| v.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
    };
    let object = |k: &str| j.get(k)?.as_object();
    let variables: Option<BTreeMap<Arc<str>, Value>> = object("variables")?
        .iter()
        .map(|(k, v)| Some((Arc::from(k.as_str()), values::read(v)?)))
        .collect();
    let outputs: Option<BTreeMap<Arc<str>, OutputChange>> = object("outputs")?
        .iter()
        .map(|(k, v)| Some((Arc::from(k.as_str()), read_output(v)?)))
        .collect();
    Some(Plan {
        mode: named(&MODES, j.get("mode")?.as_str()?)?,
        changes: list("changes")?
            .iter()
            .map(read_change)
            .collect::<Option<_>>()?,
        drift: list("drift")?
            .iter()
            .map(read_drifted)
            .collect::<Option<_>>()?,
        outputs: outputs?,
        checks: list("checks")?
            .iter()
            .map(read_check)
            .collect::<Option<_>>()?,
        graph: ExecutionGraph {
            nodes: list("graph")?
                .iter()
                .map(read_node)
                .collect::<Option<_>>()?,
        },
        targets: texts("targets")?,
        force_replace: texts("force_replace")?
            .iter()
            .map(|t| instance(t))
            .collect::<Option<_>>()?,
        errored: j.get("errored")?.as_bool()?,
        void: false,
        variables: variables?,
        refreshed,
        set_variables: texts("set_variables")?.into_iter().map(Arc::from).collect(),
        restated: j.get("restated").and_then(Json::as_bool).unwrap_or(false),
    })
}

fn instance(text: &str) -> Option<AbsInstance> {
    AbsInstance::parse(text).ok()
}

fn provider(j: &Json) -> Option<ProviderConfig> {
    ProviderConfig::parse(j.as_str()?).ok()
}

fn optional_instance(j: Option<&Json>) -> Option<Option<AbsInstance>> {
    match j {
        None | Some(Json::Null) => Some(None),
        Some(v) => Some(Some(instance(v.as_str()?)?)),
    }
}

fn read_change(j: &Json) -> Option<Change> {
    let value = |k: &str| j.get(k).and_then(values::read);
    let dependencies: Option<Vec<ConfigResource>> = j
        .get("dependencies")?
        .as_array()?
        .iter()
        .map(|d| ConfigResource::parse(d.as_str()?).ok())
        .collect();
    Some(Change {
        address: instance(j.get("address")?.as_str()?)?,
        previous: optional_instance(j.get("previous"))?,
        deposed: j.get("deposed").and_then(Json::as_str).map(Arc::from),
        provider: provider(j.get("provider")?)?,
        action: named(&ACTIONS, j.get("action")?.as_str()?)?,
        reason: match j.get("reason") {
            Some(Json::String(s)) => Some(Reason::from_name(s)?),
            _ => None,
        },
        before: value("before")?,
        after: value("after")?,
        config: value("config")?,
        replace_paths: j
            .get("replace_paths")?
            .as_array()?
            .iter()
            .map(read_path)
            .collect::<Option<_>>()?,
        importing: j.get("importing").and_then(Json::as_str).map(str::to_owned),
        dependencies: dependencies?,
        create_before_destroy: j.get("create_before_destroy")?.as_bool()?,
        private: j.get("private").and_then(Json::as_str).map(str::to_owned),
    })
}

fn read_drifted(j: &Json) -> Option<Drifted> {
    Some(Drifted {
        address: instance(j.get("address")?.as_str()?)?,
        previous: optional_instance(j.get("previous"))?,
        provider: provider(j.get("provider")?)?,
        before: values::read(j.get("before")?)?,
        after: values::read(j.get("after")?)?,
    })
}

fn read_output(j: &Json) -> Option<OutputChange> {
    let flag = |i: usize| j.get("sensitive")?.get(i)?.as_bool();
    Some(OutputChange {
        before: values::read(j.get("before")?)?,
        after: values::read(j.get("after")?)?,
        sensitive: (flag(0)?, flag(1)?),
        action: named(&ACTIONS, j.get("action")?.as_str()?)?,
    })
}

fn read_check(j: &Json) -> Option<CheckResult> {
    const KINDS: [&str; 4] = ["resource", "output_value", "check", "var"];
    let kind = j.get("kind")?.as_str()?;
    let instances = j.get("instances")?.as_array()?.iter().map(|i| {
        let messages = i
            .get(2)?
            .as_array()?
            .iter()
            .map(|m| m.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()?;
        Some((
            i.get(0)?.as_str()?.to_owned(),
            named(&STATUSES, i.get(1)?.as_str()?)?,
            messages,
        ))
    });
    Some(CheckResult {
        kind: KINDS.iter().find(|k| **k == kind)?,
        config_address: j.get("address")?.as_str()?.to_owned(),
        status: named(&STATUSES, j.get("status")?.as_str()?)?,
        instances: instances.collect::<Option<_>>()?,
    })
}

fn read_node(j: &Json) -> Option<ExecutionNode> {
    let index = || usize::try_from(j.get(1)?.as_u64()?).ok();
    let kind = match j.get(0)?.as_str()? {
        "commit" => NodeKind::Commit(index()?),
        "destroy" => NodeKind::Destroy(index()?),
        "forget" => NodeKind::Forget(index()?),
        "join" => NodeKind::Join,
        _ => return None,
    };
    let after = j
        .get(2)?
        .as_array()?
        .iter()
        .map(|a| a.as_u64().and_then(|n| usize::try_from(n).ok()).map(NodeId));
    Some(ExecutionNode {
        kind,
        after: after.collect::<Option<_>>()?,
    })
}

fn read_path(j: &Json) -> Option<Path> {
    let steps = j.as_array()?.iter().map(|s| {
        if let Some(a) = s.get("a") {
            return Some(Step::Attribute(a.as_str()?.into()));
        }
        if let Some(i) = s.get("i") {
            return Some(Step::Index(values::read(i)?));
        }
        Some(Step::Element(values::read(s.get("e")?)?))
    });
    Some(Path(steps.collect::<Option<_>>()?))
}
