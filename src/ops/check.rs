//! What the rules find in a configuration, for `validate`, `plan`, `apply` and `iam lint`.

use std::sync::Arc;

use bastionless_core::{
    check::{self, Estate, Found},
    lang::{address::AbsInstance, functions::Host, graph::StaticGraph, program::Program},
    plan::{Mode, finalise::Finaliser, policies::projected, validate},
    store::DEFAULT_WORKSPACE,
};
use bastionless_model::{
    base::{Diagnostics, Level},
    schema::Catalogue,
};

use super::{load, session::Planned};

/// Returns what the rules find in a plan; nothing where it is not whole, or destroys.
pub(crate) fn planned(planned: &Planned) -> Vec<Found> {
    let plan = &planned.plan;
    if plan.errored || plan.void || plan.mode != Mode::Normal {
        return Vec::new();
    }
    let catalogue = Catalogue::builtin();
    let program = planned.loaded.program.clone();
    let workspace = &planned.place.workspace;
    let mut finaliser = Finaliser::new(
        program.clone(),
        planned.loaded.graph.clone(),
        plan.clone(),
        workspace,
        planned.host.clone(),
        catalogue,
    );
    let state = projected(plan, &mut finaliser, catalogue);
    check::check(&Estate::new(&program, plan, &state, catalogue))
}

/// Adds to the diagnostics of a plan what the rules find, advice left out. Tells whether something is refused: AWS would not take it.
pub(crate) fn tell(plan: &mut Planned) -> bool {
    let found = diagnostics(&planned(plan));
    let is_refused = found.has_errors();
    plan.diagnostics.extend(found);
    is_refused
}

/// Returns what the rules find in a configuration without values and without a cloud.
pub(crate) fn rehearsed(program: &Arc<Program>, graph: StaticGraph) -> Vec<Found> {
    with_estate(program, graph, check::check).unwrap_or_default()
}

/// Returns the policies of a configuration without values and without a cloud: address, argument, text.
pub(crate) fn policies(
    program: &Arc<Program>,
    graph: StaticGraph,
) -> Vec<(AbsInstance, String, String)> {
    let is_valid =
        !validate(program, &graph, Arc::new(load::host()), DEFAULT_WORKSPACE).has_errors();
    if is_valid {
        with_estate(program, graph, check::policies).unwrap_or_default()
    } else {
        Vec::new()
    }
}

fn with_estate<T>(
    program: &Arc<Program>,
    graph: StaticGraph,
    look: impl FnOnce(&Estate<'_>) -> T,
) -> Option<T> {
    let catalogue = Catalogue::builtin();
    let host: Arc<dyn Host + Send + Sync> = Arc::new(load::host());
    let (plan, state) = check::rehearse(program, &Arc::new(graph), &host, catalogue)?;
    Some(look(&Estate::new(program, &plan, &state, catalogue)))
}

/// Returns the warnings and errors among what was found.
pub(crate) fn diagnostics(found: &[Found]) -> Diagnostics {
    check::diagnostics(found, Level::Warning)
}
