//! `drift`: live against last applied, and what hangs on managed objects without being managed.

use std::{collections::BTreeMap, time::Duration};

use bastionless_core::{
    engine::Providers,
    io::{Disk, RealDisk},
    lang::address::ProviderConfig,
    plan::drift::{Finding, Managed, Parent, Unmanaged, differences, parents},
    store::StateStore,
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    cloud::{Future, Intent, OpError, Operation, Progress},
    schema::Catalogue,
    value::Value,
};

use super::{Done, session::Planned};

/// Compares what the plan read with what was applied, and looks for children that nobody manages.
pub(crate) async fn find(planned: &Planned) -> Done<Vec<Finding>> {
    let catalogue = Catalogue::builtin();
    let mut findings = differences(&planned.plan, catalogue);
    findings.extend(children(planned).await?.into_iter().map(Finding::Unmanaged));
    Ok(findings)
}

/// Parents that one listing answers: provider configuration, region, type.
type Batch = (ProviderConfig, Option<String>, String);

async fn children(planned: &Planned) -> Done<Vec<Unmanaged>> {
    let catalogue = Catalogue::builtin();
    let mut batches: BTreeMap<Batch, Vec<Parent>> = BTreeMap::new();
    for parent in parents(&planned.plan, catalogue) {
        let region = parent.value.get_str("region").map(str::to_owned);
        let type_name = parent.address.resource.resource.type_name.to_string();
        batches
            .entry((parent.provider.clone(), region, type_name))
            .or_default()
            .push(parent);
    }
    let managed = Managed::new(&planned.plan.refreshed, catalogue);
    let mut out = Vec::new();
    let mut problems = Diagnostics::default();
    for ((provider, region, type_name), parents) in batches {
        let values: Vec<Value> = parents.iter().map(|p| p.value.clone()).collect();
        let listed = match planned
            .providers
            .reconcile(&provider, &type_name, region.as_deref())
        {
            Ok(reconcile) => reconcile.children(&values).await,
            Err(e) => Err(e),
        };
        match listed {
            Ok(found) => {
                for child in found {
                    let Some(parent) = parents.get(child.parent) else {
                        continue;
                    };
                    if !managed.has(parent, &child) {
                        let (provider, region) = (provider.clone(), region.clone());
                        out.push(Unmanaged {
                            parent: parent.address.clone(),
                            provider,
                            region,
                            child,
                        });
                    }
                }
            }
            Err(e) => problems.push(Diagnostic::error(
                "Reading failed",
                format!("What hangs on objects of type {type_name} could not be listed: {e}."),
            )),
        }
    }
    if problems.has_errors() {
        return Err(problems.into());
    }
    out.sort_by(|a, b| {
        (&a.parent, a.child.type_name, &a.child.id).cmp(&(
            &b.parent,
            b.child.type_name,
            &b.child.id,
        ))
    });
    Ok(out)
}

/// Removes children; returns what could not be removed.
pub(crate) async fn revert(
    all: &[Unmanaged],
    providers: &Providers,
    store: &dyn StateStore,
) -> Diagnostics {
    let mut problems = Diagnostics::default();
    for u in all {
        if let Err(e) = remove(u, providers, store).await {
            let detail = format!(
                "Removing {} {} from {}: {e}.",
                u.child.type_name, u.child.id, u.parent
            );
            problems
                .push(Diagnostic::error("Removal failed", detail).address(u.parent.to_string()));
        }
    }
    problems
}

async fn remove(
    u: &Unmanaged,
    providers: &Providers,
    store: &dyn StateStore,
) -> Result<(), OpError> {
    let reconcile = providers.reconcile(&u.provider, u.child.type_name, u.region.as_deref())?;
    let now = i64::try_from(RealDisk.now().as_secs()).unwrap_or(i64::MAX);
    let intent = Intent {
        id: RealDisk.uuid(),
        recorded_at: now,
    };
    let progress = Fence(store);
    let op = Operation {
        intent: &intent,
        timeout: Duration::from_secs(300),
        progress: &progress,
    };
    reconcile
        .delete(&op, &u.child.attributes)
        .await
        .map_err(|f| f.error)
}

/// The longest time of one request, which the lock must outlive.
const REQUEST: Duration = Duration::from_secs(20);

struct Fence<'a>(&'a dyn StateStore);

impl Progress for Fence<'_> {
    fn created<'a>(&'a self, _state: &'a Value) -> Future<'a, ()> {
        Box::pin(async {})
    }

    fn cancelled(&self) -> bool {
        false
    }

    fn permit(&self) -> Result<(), OpError> {
        self.0.permit(REQUEST)
    }
}
