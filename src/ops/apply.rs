//! Stage 9: carries out a plan, fresh or saved.

use std::{collections::BTreeMap, sync::Arc};

use bastionless_core::{
    engine::{Applied, Apply, Cancel, Events, Providers, answer, resume},
    io::RealDisk,
    lang::address::ProviderConfig,
    plan::{
        Action, Change, Mode, Plan,
        file::{Basis, PlanFile},
        finalise::Finaliser,
        settler::{Answer, Question, Read, ReadKey},
    },
    store::{self, Prior},
};
use bastionless_model::{
    base::{Diagnostic, Diagnostics},
    cloud::{Identity, Observed},
    schema::{Catalogue, plan::normalise_read},
    value::{Marks, Value, identical},
};

use super::{
    Done, Failed, clouds,
    load::{self, Loaded, MachineHost},
    place::Place,
    session::Planned,
};

/// Carries out a plan that was just made, under the same lock.
pub(crate) async fn fresh(
    planned: Planned,
    parallelism: usize,
    cancel: Cancel,
    events: Arc<dyn Events>,
) -> Applied {
    let Planned {
        plan,
        loaded,
        place,
        prior,
        providers,
        host,
        ..
    } = planned;
    let finaliser = finaliser(&loaded, &plan, &place.workspace, &host);
    run(
        plan,
        finaliser,
        place,
        prior,
        providers,
        parallelism,
        cancel,
        events,
    )
    .await
}

fn finaliser(
    loaded: &Loaded,
    plan: &Arc<Plan>,
    workspace: &str,
    host: &Arc<MachineHost>,
) -> Finaliser {
    Finaliser::new(
        loaded.program.clone(),
        loaded.graph.clone(),
        plan.clone(),
        workspace,
        host.clone(),
        Catalogue::builtin(),
    )
}

#[expect(clippy::too_many_arguments, reason = "an apply takes exactly these")]
async fn run(
    plan: Arc<Plan>,
    finaliser: Finaliser,
    place: Place,
    prior: Prior,
    providers: Providers,
    parallelism: usize,
    cancel: Cancel,
    events: Arc<dyn Events>,
) -> Applied {
    let apply = Apply {
        plan,
        catalogue: Catalogue::builtin(),
        providers,
        store: place.store.clone(),
        prior,
        evaluate: Box::new(finaliser),
        parallelism,
        events,
        cancel,
        disk: Arc::new(RealDisk),
    };
    apply.run().await
}

/// Carries out a saved plan exactly as it was reviewed, or refuses it. The state must be locked.
pub(crate) async fn saved(
    file: PlanFile,
    loaded: Loaded,
    place: Place,
    parallelism: usize,
    cancel: Cancel,
    events: Arc<dyn Events>,
) -> Done<Applied> {
    let sources = loaded.sources.clone();
    let refuse = |d: Diagnostics| Failed::new(d, sources.clone());
    let prior = match store::open(&*place.store, &RealDisk).await {
        Ok(prior) => prior,
        Err(e) => return Err(refuse(Failed::from(e).diagnostics)),
    };
    check_basis(&file, &loaded, &place, &prior).map_err(|d| refuse(d.into()))?;
    let mut file = file;
    let given = loaded.values.values.iter().filter(|(_, v)| is_ephemeral(v));
    file.plan
        .variables
        .extend(given.map(|(name, v)| (name.clone(), v.clone())));
    let host = Arc::new(load::host());
    let providers = Providers::new(clouds::clouds());
    let plan = finish_waits(
        file.plan,
        &loaded,
        &place.workspace,
        &host,
        &providers,
        &events,
        &cancel,
    )
    .await
    .map_err(refuse)?;
    check_live(
        &plan,
        &loaded,
        &place.workspace,
        &host,
        &providers,
        &events,
        parallelism,
    )
    .await
    .map_err(refuse)?;
    let finaliser = finaliser(&loaded, &plan, &place.workspace, &host);
    Ok(run(
        plan,
        finaliser,
        place,
        prior,
        providers,
        parallelism,
        cancel,
        events,
    )
    .await)
}

/// Goes on with the waits of an earlier run, which the plan saw as they stood.
async fn finish_waits(
    mut plan: Plan,
    loaded: &Loaded,
    workspace: &str,
    host: &Arc<MachineHost>,
    providers: &Providers,
    events: &Arc<dyn Events>,
    cancel: &Cancel,
) -> Result<Arc<Plan>, Diagnostics> {
    if plan.refreshed.waiting.is_empty() || plan.mode != Mode::Normal {
        return Ok(Arc::new(plan));
    }
    let mut snapshot = (*plan.refreshed).clone();
    let shared = Arc::new(plan.clone());
    let mut finaliser = finaliser(loaded, &shared, workspace, host);
    for address in &snapshot.waiting {
        if let Some(resource) = snapshot.resources.get(&address.resource) {
            configure(&resource.provider, &mut finaliser, &shared, providers).await?;
        }
    }
    let problems = resume(
        &mut snapshot,
        providers,
        Catalogue::builtin(),
        events,
        cancel,
    )
    .await;
    if !problems.is_empty() {
        // A warning says that an object is to be replaced, which the plan does not know.
        return Err(if problems.has_errors() {
            problems
        } else {
            stale("an object turned out to be unusable").into()
        });
    }
    plan.refreshed = Arc::new(snapshot);
    Ok(Arc::new(plan))
}

/// Configures a provider as the plan did, if that was not done yet.
async fn configure(
    provider: &ProviderConfig,
    finaliser: &mut Finaliser,
    plan: &Plan,
    providers: &Providers,
) -> Result<(), Diagnostics> {
    if providers.is_ready(provider) {
        return Ok(());
    }
    let config = finaliser.provider(provider, &plan.refreshed)?;
    match providers.configure(provider, &config).await {
        Ok(_) => Ok(()),
        Err(e) => Err(Diagnostic::error(
            "Invalid provider configuration",
            format!("{provider}: {e}."),
        )
        .into()),
    }
}

fn stale(what: &str) -> Diagnostic {
    Diagnostic::error(
        "Saved plan is stale",
        format!(
            "The given plan file can no longer be applied because {what} after the plan was created. Nothing was changed. Make a new plan and review it."
        ),
    )
}

fn is_ephemeral(value: &Value) -> bool {
    value.marks().contains(Marks::EPHEMERAL)
}

/// Refuses a plan with errors, and one whose state, configuration or variables are not what they were.
fn check_basis(
    file: &PlanFile,
    loaded: &Loaded,
    place: &Place,
    prior: &Prior,
) -> Result<(), Diagnostic> {
    let Basis {
        lineage,
        serial,
        state_digest,
        config_digest,
        workspace,
        ..
    } = &file.basis;
    if file.plan.errored {
        return Err(Diagnostic::error(
            "Cannot apply incomplete plan",
            "Bastionless encountered an error when generating this plan, so it cannot be applied. Make a new plan.",
        ));
    }
    if *workspace != place.workspace {
        let text = format!(
            "The plan is for the workspace \"{workspace}\", the selected one is \"{}\". Select the workspace of the plan.",
            place.workspace
        );
        return Err(Diagnostic::error(
            "Saved plan is for another workspace",
            text,
        ));
    }
    if !prior.open.is_empty() || !prior.entries.is_empty() {
        return Err(stale("a run broke off"));
    }
    let base = &prior.base;
    let is_first = prior.is_new && base.serial == *serial && base.digest == *state_digest;
    if !is_first
        && (base.lineage != *lineage || base.serial != *serial || base.digest != *state_digest)
    {
        return Err(stale("the state was changed by another operation"));
    }
    if loaded.digest != *config_digest {
        return Err(stale("the configuration was changed"));
    }
    // Values of ephemeral variables are no part of a plan.
    let all = loaded.values.values.iter();
    for (name, value) in all.filter(|(_, v)| !is_ephemeral(v)) {
        let same = file
            .plan
            .variables
            .get(name)
            .is_some_and(|v| identical(v, value));
        if !same {
            return Err(stale(&format!(
                "the value of the variable `{name}` was changed"
            )));
        }
    }
    Ok(())
}

/// Reads the objects that the plan changes, and refuses the plan if one is not what it was.
async fn check_live(
    plan: &Arc<Plan>,
    loaded: &Loaded,
    workspace: &str,
    host: &Arc<MachineHost>,
    providers: &Providers,
    events: &Arc<dyn Events>,
    parallelism: usize,
) -> Result<(), Diagnostics> {
    let touched: Vec<&Change> = plan
        .changes
        .iter()
        .filter(|c| {
            let changes = matches!(
                c.action,
                Action::Update
                    | Action::Delete
                    | Action::DeleteThenCreate
                    | Action::CreateThenDelete
            );
            changes && &*c.provider.provider.host != "terraform.io"
        })
        .collect();
    let mut finaliser = finaliser(loaded, plan, workspace, host);
    let mut reads = Vec::new();
    let mut by_key: BTreeMap<ReadKey, &Change> = BTreeMap::new();
    for change in touched {
        configure(&change.provider, &mut finaliser, plan, providers).await?;
        let prior = change.before.clone().unmark_deep().0;
        let key = ReadKey::Object(change.address.clone(), change.deposed.clone());
        let question = Question::Observe {
            provider: change.provider.clone(),
            type_name: change.address.resource.resource.type_name.clone(),
            region: prior.get_str("region").map(Arc::from),
            identity: Identity {
                id: prior.get_str("id").unwrap_or_default().to_owned(),
                prior: Some(prior),
            },
        };
        by_key.insert(key.clone(), change);
        reads.push(Read { key, question });
    }
    let mut problems = Diagnostics::default();
    for (key, answer) in answer(reads, providers, events, parallelism).await {
        let Some(change) = by_key.get(&key) else {
            continue;
        };
        if let Err(d) = compare(change, &answer, providers) {
            problems.push(d.address(change.address.to_string()));
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

fn compare(change: &Change, answer: &Answer, providers: &Providers) -> Result<(), Diagnostic> {
    let Some(schema) = Catalogue::builtin().managed(&change.address.resource.resource.type_name)
    else {
        return Ok(());
    };
    let before = change.before.clone().unmark_deep().0;
    match answer {
        Answer::Observed(Observed::Present(live)) => {
            let settings = providers.settings(&change.provider);
            let live = normalise_read(&schema, &settings, Some(&before), live);
            if identical(&live, &before) {
                Ok(())
            } else {
                Err(stale(&format!("{} was changed", change.address)))
            }
        }
        Answer::Observed(Observed::Absent) => {
            Err(stale(&format!("{} was deleted", change.address)))
        }
        Answer::Observed(Observed::Unreadable(e)) | Answer::Failed(e) => Err(Diagnostic::error(
            "Reading failed",
            format!(
                "{}: {e}.\n\nWithout reading it there is no telling whether the plan still fits. Nothing was changed.",
                change.address
            ),
        )),
        _ => Ok(()),
    }
}
