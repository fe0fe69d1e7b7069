//! Stage 7: what a plan makes of the access, and whether the team's rules refuse it.

use std::sync::Arc;

use bastionless_core::{
    access::{self, Judgement, judgement, rules::Rule},
    plan::{Plan, finalise::Finaliser, policies::projected},
    state::Snapshot,
};
use bastionless_model::{
    base::{Diagnostic, SourceMap},
    schema::Catalogue,
};
use serde_json::{Value as Json, json};

use super::{
    Done, Failed, file_error,
    load::{self, Loaded},
};

/// The file of rules where no other is named.
const RULES: &str = "bastionless.rules.hcl";

/// The field of a state that says which rules were overridden.
const OVERRIDDEN: &str = "overridden_rules";

/// Reads the rules: of the file that is named, else of the usual one if it is there.
pub(crate) fn rules(named: Option<&str>) -> Done<Vec<Rule>> {
    let path = named.unwrap_or(RULES);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
            return Ok(Vec::new());
        }
        Err(e) => return Err(file_error("Reading", path.as_ref(), &e).into()),
    };
    let mut sources = SourceMap::default();
    let id = sources.add(path, text.as_str());
    let parsed = access::rules::parse(id, &text);
    if parsed.diagnostics.has_errors() {
        return Err(Failed::new(parsed.diagnostics, Arc::new(sources)));
    }
    Ok(parsed.value)
}

/// Returns the state as a plan leaves it.
pub(crate) fn after(plan: &Arc<Plan>, loaded: &Loaded, workspace: &str) -> Snapshot {
    let catalogue = Catalogue::builtin();
    let (program, graph) = (loaded.program.clone(), loaded.graph.clone());
    let mut finaliser = Finaliser::new(
        program,
        graph,
        plan.clone(),
        workspace,
        Arc::new(load::host()),
        catalogue,
    );
    projected(plan, &mut finaliser, catalogue)
}

/// Judges a plan. One that changes nothing changes no access, and without rules there is nothing to say of it.
pub(crate) fn judge(
    plan: &Arc<Plan>,
    loaded: &Loaded,
    workspace: &str,
    rules: &[Rule],
) -> Judgement {
    let is_about_access = plan
        .changes
        .iter()
        .any(|c| c.address.resource.resource.type_name.starts_with("aws_"));
    if plan.errored || plan.void || !is_about_access || !plan.is_applyable() && rules.is_empty() {
        return Judgement::default();
    }
    judgement::judge(
        &plan.refreshed,
        &after(plan, loaded, workspace),
        Catalogue::builtin(),
        rules,
    )
}

/// Refuses to apply what rules forbid, and returns the rules that were overridden.
pub(crate) fn permit(
    judgement: &Judgement,
    overridden: &[String],
) -> Result<Vec<String>, Diagnostic> {
    let refusing = judgement.refusing(overridden);
    if let Some(first) = refusing.first() {
        let detail = format!(
            "The plan breaks {}. Nothing was changed. Change the configuration, or give -override-rule={first} if you may; that is recorded in the state.",
            refusing
                .iter()
                .map(|r| format!("the rule {r:?}"))
                .collect::<Vec<_>>()
                .join(" and "),
        );
        return Err(Diagnostic::error("Refused by a rule", detail));
    }
    let denied = judgement.refusing(&[]);
    Ok(overridden
        .iter()
        .filter(|o| denied.contains(&o.as_str()))
        .cloned()
        .collect())
}

/// Records in the state that a plan starts from that rules were overridden.
pub(crate) fn record(plan: &mut Plan, rules: &[String], time: &str) {
    if rules.is_empty() {
        return;
    }
    let snapshot = Arc::make_mut(&mut plan.refreshed);
    let mut list = snapshot
        .annotation(OVERRIDDEN)
        .and_then(|j| j.as_array().cloned())
        .unwrap_or_default();
    list.extend(rules.iter().map(|rule| json!({ "rule": rule, "at": time })));
    snapshot.annotate(OVERRIDDEN, &Json::Array(list));
}
